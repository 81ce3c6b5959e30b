package main

import (
	"os"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/question"
)

// days are the flags that choose a period.
type days struct {
	From   string `placeholder:"DAY"`
	To     string `placeholder:"DAY"`
	Period string `placeholder:"PERIOD"`
}

// asked are the flags that kpi and rows have in common.
type asked struct {
	days
	By          []string `placeholder:"DIM"`
	Where       []string `placeholder:"COND" sep:"none"`
	Definitions []string `placeholder:"FILE" type:"existingfile" sep:"none"`
}

// words are those of the flags.
func (q asked) words(kpis ...string) question.Words {
	return question.Words{KPIs: kpis, By: q.By, Where: q.Where, Period: q.Period, From: q.From, To: q.To}
}

// catalogue gives the KPIs of the folder's organisation (nil: of none), with
// those in files beside them.
func catalogue(f *ingest.Folder, paths []string) (*kpi.Catalogue, error) {
	if f != nil && len(paths) == 0 {
		return f.Catalogue(), nil
	}
	var files []kpi.File
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			return nil, callpace.E(callpace.NotFound, "kpi.definitions_unreadable", "path", p).Because(err)
		}
		files = append(files, kpi.File{Name: p, Data: data})
	}
	if f == nil {
		return kpi.Load(files...)
	}
	return f.Policy().Catalogue(files...)
}

// asker is whoever sits at the console: the owner of the folder.
func (a *app) asker(f *ingest.Folder) question.Asker {
	return question.Asker{Settings: f.Settings(), Policy: f.Policy(), Scope: kpi.Everything(), Now: a.now()}
}

// query makes a query of the words of the command line, and the period asked for.
func (a *app) query(f *ingest.Folder, w question.Words) (kpi.Query, *calendar.Period, error) {
	q, p, err := a.asker(f).Query(w)
	if err != nil {
		return q, p, usageError{err}
	}
	return q, p, nil
}
