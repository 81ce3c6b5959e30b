package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/jobs"
)

func eraseRoutes() []route {
	return []route{
		{pattern: "GET " + erasePath, needs: auth.Erase, handle: (*request).erasePage},
		{pattern: "POST " + erasePath, needs: auth.Erase, handle: (*request).takeErase},
	}
}

const erasePath = "/settings/erase"

// erasePage is where somebody is taken out of everything. Who it is never
// stands in an address, in the audit log or in a job.
type erasePage struct {
	shell
	Tabs  []choice
	Form  formView
	Found *eraseFound
}

// eraseFound is what would go.
type eraseFound struct {
	Known   []pair
	Will    []string
	Samples []string
	Nobody  bool
	Confirm formView
}

func (r *request) erasePage() error { return r.showErase(http.StatusOK, r.filled(), nil) }

func (r *request) showErase(status int, f *filled, found *eraseFound) error {
	s, tabs := r.settingsShell("erase")
	p := erasePage{shell: s, Tabs: tabs, Found: found}
	text := r.reader.Text
	p.Form = f.view(erasePath, "erase_page.look",
		formField{Kind: "text", Name: "phone", Label: text("erase_page.phone"), Hint: text("erase_page.phone_hint"), Value: f.or("phone", ""), Optional: true, LTR: true, Auto: "off"},
		formField{Kind: "text", Name: "lead", Label: text("erase_page.lead"), Hint: text("erase_page.lead_hint"), Value: f.or("lead", ""), Optional: true, LTR: true, Auto: "off"},
		formField{Kind: "check", Name: "search_text", Label: text("erase_page.search_text"), Hint: text("erase_page.search_text_hint"), Checked: f.orChecked("search_text", false)},
		formField{Kind: "select", Name: "shared", Label: text("erase_page.shared"), Hint: text("erase_page.shared_hint"), Groups: choices(f.or("shared", ""),
			"", text("erase_page.shared_ask"), string(ingest.SharedKeep), text("erase_page.shared_keep"), string(ingest.SharedErase), text("erase_page.shared_erase"))})
	return r.pageStatus(status, "settings_erase", p)
}

// takeErase looks for a person and shows what would go, or, once that was
// confirmed by typing, erases them.
func (r *request) takeErase() error {
	f := r.filled()
	p := ingest.Person{Phone: plainDigits(f.get("phone")), Lead: f.get("lead"), SearchText: f.values.Has("search_text")}
	switch s := ingest.Sharing(f.get("shared")); s {
	case ingest.SharedKeep, ingest.SharedErase:
		p.Shared = s
	}
	if (p.Phone == "") == (p.Lead == "") {
		f.wrong("phone", "erase_page.one")
		return r.showErase(f.status(nil), f, nil)
	}
	var found ingest.Found
	err := r.s.Folder.Write(r.Context(), nil, func(folder *ingest.Folder) (err error) {
		found, err = folder.FindPerson(r.Context(), p)
		return err
	})
	if err != nil {
		if err := f.take(err); err != nil {
			return err
		}
		return r.showErase(r.status(err), f, nil)
	}
	if typed := f.get("typed"); f.get("do") == "erase" {
		if plainDigits(typed) == p.Phone+p.Lead && found.Records+found.Typed > 0 {
			return r.erase(p)
		}
		f.wrong("typed", "erase_page.typed_wrong")
	}
	status := http.StatusOK
	if f.bad() {
		status = f.status(nil)
	}
	return r.showErase(status, f, r.eraseFound(f, p, found))
}

// eraseFound says what is known of the person, and asks to confirm.
func (r *request) eraseFound(f *filled, p ingest.Person, found ingest.Found) *eraseFound {
	out := &eraseFound{Nobody: found.Records+found.Typed == 0, Samples: found.Samples}
	for _, x := range []struct {
		key    string
		values []string
	}{{"phones", found.Phones}, {"leads", found.Leads}, {"customers", found.Customers}, {"firms", found.Firms}, {"shared", found.Shared}} {
		for _, v := range x.values {
			out.Known = append(out.Known, pair{r.reader.Text("erase_page.known_" + x.key), v})
		}
	}
	out.Will = append(out.Will, r.reader.T("erase.found_records", map[string]any{"count": found.Records}))
	if found.Typed > 0 {
		out.Will = append(out.Will, r.reader.T("erase.found_typed", map[string]any{"count": found.Typed}))
	}
	if found.Mentions > 0 {
		out.Will = append(out.Will, r.reader.T("erase.found_mentions", map[string]any{"count": found.Mentions}))
	}
	hidden := func(name, value string) formField { return formField{Kind: "hidden", Name: name, Value: value} }
	fields := []formField{hidden("do", "erase"), hidden("phone", p.Phone), hidden("lead", p.Lead), hidden("shared", string(p.Shared))}
	if p.SearchText {
		fields = append(fields, hidden("search_text", "yes"))
	}
	fields = append(fields, formField{Kind: "text", Name: "typed", Label: r.reader.T("erase_page.typed", map[string]any{"value": p.Phone + p.Lead}), Hint: r.reader.Text("erase_page.typed_hint"), LTR: true, Auto: "off"})
	out.Confirm = f.view(erasePath, "erase_page.go", fields...)
	out.Confirm.Danger = true
	return out
}

// erase begins the work. The audit log is told before, and nothing that says who it is.
func (r *request) erase(p ingest.Person) error {
	if err := r.s.Auth.Audit(r.Context(), r.who.Entry(auth.Erased, "", map[string]any{"search_text": p.SearchText})); err != nil {
		return err
	}
	j, err := r.s.Jobs.Add(r.Context(), jobs.Job{Kind: "erase", By: r.who.Account.Name, Back: erasePath}, func(ctx context.Context, j *jobs.Run) error {
		return r.s.Folder.Replace(ctx, j.Progress, func(f *ingest.Folder) error {
			j.Fix()
			done, err := f.Erase(ctx, p)
			if tried := (*callpace.Error)(nil); errors.As(err, &tried) && tried.Key == "journal.busy" {
				return err // a backup, or the like: nothing was erased yet
			}
			if callpace.CodeOf(err) == callpace.Conflict || callpace.CodeOf(err) == callpace.Invalid {
				return callpace.E(callpace.Conflict, "erase_page.failed") // its own words name the person
			}
			if err == nil {
				j.Keep(done)
			}
			return err
		})
	})
	if err != nil {
		return err
	}
	return r.redirect(jobPath(j.ID()))
}
