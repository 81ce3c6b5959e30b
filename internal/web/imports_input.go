package web

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"slices"
	"strconv"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/present/export"
)

// inputPage is what became of an input.
type inputPage struct {
	shell
	Input    inputView
	Size     string
	Counts   []countView
	Sum      string
	Warnings []string
	Changes  []string
	Rejects  []rejectView
	More     string // how many are not shown
	Download grid   // the files in which they can be had
	Withdraw string
	Mapping  string // action that edits the source's mapping
}

type countView struct{ Title, Value, Class string }

// reportView is a report of an import that just ended.
type reportView struct {
	No, URL, File string
	Recognised    string
	Counts        []countView
	Sum           string
	Warnings      []string
	Rejected      string
}

func (r *request) reportView(rep ingest.Report) reportView {
	v := reportView{No: r.reader.Digits(strconv.Itoa(rep.Input)), URL: "/imports/" + strconv.Itoa(rep.Input), File: rep.Name, Warnings: r.warningTexts(rep.Warnings), Counts: r.countViews(countsOf(rep.Counts))}
	if rep.Recognised {
		v.Recognised = r.reader.T("import.recognised", map[string]any{"file": rep.Name, "input": rep.Input})
	}
	v.Sum = r.sum(countsOf(rep.Counts))
	if rep.Rejected > 0 {
		v.Rejected = r.reader.T("input.rejected", map[string]any{"count": rep.Rejected})
	}
	return v
}

func (r *request) countViews(list []counted) (out []countView) {
	for _, c := range list {
		class := ""
		if c.key == "rejected" && c.n > 0 {
			class = "bad"
		}
		out = append(out, countView{r.reader.Text("column." + c.key), r.reader.Int(c.n), class})
	}
	return out
}

// sum writes that the counts add up.
func (r *request) sum(list []counted) string {
	args := map[string]any{}
	for _, c := range list {
		args[c.key] = c.n
	}
	return r.reader.T("input.sum", args)
}

// inputAndLater finds an input, and those that go on from it and count.
func (r *request) inputAndLater(no int) (in ingest.InputInfo, later []ingest.InputInfo, err error) {
	all, err := r.allInputs()
	if err != nil {
		return in, nil, err
	}
	i := slices.IndexFunc(all, func(x ingest.InputInfo) bool { return x.Input == no })
	if i < 0 {
		return in, nil, callpace.E(callpace.NotFound, "input.unknown", "input", no)
	}
	for _, x := range all[i+1:] {
		if x.Stream == all[i].Stream && x.Status == string(journal.Committed) {
			later = append(later, x)
		}
	}
	return all[i], later, nil
}

// theInput is the input of the address.
func (r *request) theInput() (ingest.InputInfo, []ingest.InputInfo, error) {
	no, err := strconv.Atoi(r.PathValue("input"))
	if err != nil {
		return ingest.InputInfo{}, nil, callpace.E(callpace.NotFound, "web.no_page")
	}
	return r.inputAndLater(no)
}

// shownRejects are the first rejects of an input that its page shows.
const shownRejects = 20

func (r *request) input() error {
	in, _, err := r.theInput()
	if err != nil {
		return err
	}
	p := inputPage{shell: r.shell("nav.imports", "imports"), Input: r.inputView(in), Size: r.bytes(in.Bytes), Counts: r.countViews(countsOf(in.Counts)), Sum: r.sum(countsOf(in.Counts))}
	p.Title = r.reader.T("input.title", map[string]any{"input": in.Input})
	warnings, err := r.keptWarnings(in.Input)
	if err != nil {
		return err
	}
	p.Warnings = r.warningTexts(warnings)
	err = r.look(func(ctx context.Context, f *ingest.Folder) (err error) {
		if store := f.Store(); store != nil { // a rebuild failed: there is the journal alone
			changes, err := store.Changes(ctx, duck.ChangeFilter{Input: in.Input})
			if err != nil {
				return err
			}
			for _, x := range changes {
				p.Changes = append(p.Changes, r.change1(x))
			}
		}
		p.Rejects, err = firstRejects(f.RejectsPath(in.Input), shownRejects)
		return err
	})
	if err != nil {
		return err
	}
	if len(p.Rejects) > 0 {
		p.Download = grid{ID: "rejects", Caption: r.reader.Text("column.rejected"), ToFile: r.reader.Text("input.download"), Files: r.exports(r.view(), "/inputs/"+strconv.Itoa(in.Input)+"/rejects")}
		if more := in.Rejected - int64(len(p.Rejects)); more > 0 {
			p.More = r.reader.T("input.more_rejects", map[string]any{"count": more})
		}
	}
	if in.Status == string(journal.Committed) {
		if r.who.May(auth.Withdraw) {
			p.Withdraw = "/inputs/" + strconv.Itoa(in.Input) + "/withdraw"
		}
		p.Mapping = p.Input.SourceURL + "/mapping"
	}
	return r.page("input", p)
}

// change1 words an entry of the change log.
func (r *request) change1(x duck.Change) string {
	var reasons []string
	for _, w := range []counted{{"cancelled", x.Cancelled}, {"changed", x.Changed}, {"added", x.Added}, {"removed", x.Removed}} {
		if w.n > 0 {
			reasons = append(reasons, r.reader.T("changes."+w.key, map[string]any{"count": w.n}))
		}
	}
	if len(reasons) == 0 {
		reasons = []string{r.reader.Text("changes.other")}
	}
	return r.reader.T("changes.line", map[string]any{"month": x.Month, "kpi": r.reader.Name(x.Measure), "before": r.reader.Corrected(x.Measure, x.Before, r.settings.Currency),
		"after": r.reader.Corrected(x.Measure, x.After, r.settings.Currency), "reasons": reasons, "input": x.Input})
}

// firstRejects reads the beginning of a rejects file; none where there is no file.
func firstRejects(path string, most int) (out []rejectView, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read rejects: %w", err)
	}
	defer file.Close()
	for row, err := range rejectRows(file) {
		if err != nil || len(out) == most {
			return out, err
		}
		out = append(out, rejectView{strconv.FormatFloat(row[0].Number, 'f', -1, 64), row[1].Text, row[2].Text})
	}
	return out, nil
}

// rejects sends the rejects of an input as a file: its rows as they came. They
// are anybody's text, so that the file is one for spreadsheets unless another
// is asked for.
func (r *request) rejects() error {
	in, _, err := r.theInput()
	if err != nil {
		return err
	}
	v := r.view()
	if v.get("format") == "" {
		v.values.Set("format", string(export.Spreadsheet))
	}
	format, manner, err := r.manner(v)
	if err != nil {
		return err
	}
	path := ""
	if err := r.look(func(_ context.Context, f *ingest.Folder) error { path = f.RejectsPath(in.Input); return nil }); err != nil {
		return err
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return callpace.E(callpace.NotFound, "input.no_rejects", "input", in.Input)
	}
	if err != nil {
		return fmt.Errorf("read rejects: %w", err)
	}
	defer file.Close()
	sheet := export.Sheet{Title: r.reader.Text("column.rejected"), Columns: r.fileColumns("file.line", "file.reason", "file.row"), Rows: rejectRows(file)}
	return r.send(format, manner, sheet, fmt.Sprintf("rejects-%d", in.Input), int(in.Rejected))
}

// rejectRows reads a rejects file behind its head.
func rejectRows(from io.Reader) iter.Seq2[[]export.Cell, error] {
	rows := csv.NewReader(bufio.NewReader(from))
	rows.FieldsPerRecord = -1
	return func(yield func([]export.Cell, error) bool) {
		for first := true; ; first = false {
			row, err := rows.Read()
			switch {
			case errors.Is(err, io.EOF), errors.Is(err, csv.ErrQuote): // being written
				return
			case err != nil:
				yield(nil, fmt.Errorf("read rejects: %w", err))
				return
			case first || len(row) != 3:
				continue
			}
			cells := texts(row...)
			if n, err := strconv.ParseFloat(row[0], 64); err == nil {
				cells[0] = export.Cell{Kind: export.Number, Number: n}
			}
			if !yield(cells, nil) {
				return
			}
		}
	}
}

// withdrawPage asks whether an input is really to be taken back.
type withdrawPage struct {
	shell
	Input     inputView
	Goes      string // what will be gone
	Back      string // what comes back
	Later     []inputView
	LaterText string
}

func (r *request) confirmWithdraw() error {
	in, later, err := r.theInput()
	if err != nil {
		return err
	}
	if in.Status == string(journal.Withdrawn) {
		return r.redirect("/imports/" + strconv.Itoa(in.Input))
	}
	counts := in.Counts
	p := withdrawPage{shell: r.shell("withdraw.title", "imports"), Input: r.inputView(in)}
	for _, x := range later {
		p.Later, counts = append(p.Later, r.inputView(x)), counts.Add(x.Counts)
	}
	p.Goes = r.reader.T("withdraw.goes", map[string]any{"count": counts.New})
	if counts.Updated > 0 {
		p.Back = r.reader.T("withdraw.back", map[string]any{"count": counts.Updated})
	}
	if len(later) > 0 {
		p.LaterText = r.reader.T("withdraw.with_later", map[string]any{"count": len(later)})
	}
	return r.page("withdraw", p)
}
