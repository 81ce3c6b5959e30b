package mapping

import (
	"slices"
	"strconv"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
)

// cell gives an entry's field, the empty cell where it is not mapped.
func (s *state) cell(e *bound, name string) cell {
	if i, ok := e.at[name]; ok {
		return s.cells[i]
	}
	return cell{}
}

// check looks at what an entry's fields say together; use is false where they
// say nothing.
func (s *state) check(e *bound) (use bool, bad *callpace.Message) {
	reject := func(key string) (bool, *callpace.Message) {
		m := callpace.M(key)
		return false, &m
	}
	switch e.def.table {
	case facts.LeadStages:
		stage := s.cell(e, "stage")
		return stage.set && has(e.def.find("stage").words, stage.text), nil
	case facts.AgentTime:
		from, to := s.cell(e, "from"), s.cell(e, "to")
		switch {
		case from.hour < 0 || to.set && to.hour < 0:
			return reject("mapping.reject.time_needed")
		case to.set && to.num < from.num:
			return reject("mapping.reject.ends_before")
		case s.until(e, from) > from.num+maxInterval:
			return reject("mapping.reject.interval")
		}
	case facts.Costs:
		from, to := s.cell(e, "from"), s.cell(e, "to")
		switch {
		case to.set && to.day < from.day:
			return reject("mapping.reject.ends_before")
		case to.set && to.day-from.day >= maxCostDays:
			return reject("mapping.reject.interval")
		}
	}
	return true, nil
}

// What may lie between from and to; more is a mistake of the source.
const (
	maxInterval = 31 * 86400 * 1_000_000 // of agent time, in microseconds
	maxCostDays = 3660
)

// until gives the end of an interval of agent time; one that is still open
// has no length.
func (s *state) until(e *bound, from cell) int64 {
	if to := s.cell(e, "to"); to.set {
		return to.num
	}
	return from.num + s.cell(e, "duration").num*1000
}

// emit writes the rows of an entry, which belong to the last record.
func (s *state) emit(e *bound, key string) {
	id := key
	if c := s.cell(e, "id"); c.set {
		id = c.text
	}
	if e.suffix != "" {
		suffix := e.suffix
		if suffix == "stage" {
			suffix = s.cell(e, "stage").text
		}
		id += "#" + suffix
	}
	switch e.def.table {
	case facts.Orders:
		s.orders(e, id)
	case facts.AgentTime:
		s.agentTime(e, id)
	case facts.Costs:
		s.costs(e, id)
	case facts.Calls:
		s.call(e, id)
	default:
		s.add(e, id)
	}
}

// add appends one row with all plain columns and the attributes.
func (s *state) add(e *bound, id string) (rows *facts.Rows, row int) {
	rows = s.rows[e.index]
	if rows == nil {
		rows = s.open(e)
	}
	record := len(s.out.Records) - 1
	row = rows.Add(record)
	col := e.def.common
	rows.SetInt(row, col.origin, int64(s.out.Records[record].Origin))
	rows.SetText(row, col.source, s.plan.source)
	rows.SetText(row, col.id, id)
	for i, f := range e.fields {
		c := &s.cells[e.base+i]
		if !c.set || f.def.col < 0 || f.def.name == "id" {
			continue
		}
		switch f.def.kind {
		case momentKind:
			setMoment(rows, row, f.def.col, c)
		case dayKind:
			day := c.day
			if f.def.name == "to" { // the last day that counts; the column is the day after
				day++
			}
			rows.SetInt(row, f.def.col, day)
		case integerKind, booleanKind, durationKind, amountKind:
			rows.SetInt(row, f.def.col, c.num)
		default:
			rows.SetText(row, f.def.col, c.text)
		}
	}
	s.finish(e, rows, row, id)
	s.keep(e, rows, row)
	return rows, row
}

// open prepares the rows of an entry. Vectors get their room at once: growing
// them row by row would cost half of the decoding.
func (s *state) open(e *bound) *facts.Rows {
	rows := s.out.Rows(e.def.table)
	s.rows[e.index] = rows
	if rows.N > 0 {
		return rows
	}
	rows.Record = slices.Grow(rows.Record, s.expected)
	col := e.def.common
	s.room(rows, col.origin, col.source, col.id)
	if e.def.table == facts.Calls {
		s.room(rows, e.def.reached, e.def.contacted)
	}
	for _, f := range e.fields {
		if f.def.col < 0 {
			continue
		}
		s.room(rows, f.def.col)
		if f.def.kind == momentKind {
			s.room(rows, f.def.col+1, f.def.col+2)
		}
	}
	return rows
}

func (s *state) room(rows *facts.Rows, cols ...int) {
	for _, c := range cols {
		v := &rows.Cols[c]
		if rows.Table.Columns[c].Kind == facts.Text {
			v.Strs = slices.Grow(v.Strs, s.expected)
		} else {
			v.Ints = slices.Grow(v.Ints, s.expected)
		}
	}
}

func setMoment(rows *facts.Rows, row, col int, c *cell) {
	rows.SetInt(row, col, c.num)
	rows.SetInt(row, col+1, c.day)
	if c.hour >= 0 {
		rows.SetInt(row, col+2, c.hour)
	}
}

// finish fills what follows from other columns.
func (s *state) finish(e *bound, rows *facts.Rows, row int, id string) {
	erased := s.pseudonym(e)
	if erased != "" {
		rows.SetText(row, e.def.table.Col("lead_ref"), erased)
	}
	switch e.def.table {
	case facts.Leads:
		if !s.cell(e, "lead").set && !s.cell(e, "phone").set && erased == "" {
			rows.SetText(row, e.def.table.Col("lead_ref"), id)
		}
	case facts.Roster:
		rows.SetText(row, e.def.table.Col("agent"), s.cell(e, "agent").text)
	case facts.Orders, facts.Costs:
		if !s.cell(e, "currency").set {
			rows.SetText(row, e.def.table.Col("currency"), s.plan.currency)
		}
	case facts.Calls:
		if s.cell(e, "cost").set && !s.cell(e, "cost_currency").set {
			rows.SetText(row, e.def.table.Col("cost_currency"), s.plan.currency)
		}
	}
}

// pseudonym gives what stands in the place of the number of a row that knows
// its lead by nothing else: an erased person keeps their rows together by it.
func (s *state) pseudonym(e *bound) string {
	if e.lead >= 0 && s.cells[e.lead].set {
		return ""
	}
	for _, i := range [2]int{e.phone, e.phones} {
		if i >= 0 && !s.cells[i].set && s.cells[i].text != "" {
			return s.cells[i].text
		}
	}
	return ""
}

// keep writes the attributes. Their vectors are remembered, since a map lookup
// for each would cost more than the rest of the row.
func (s *state) keep(e *bound, rows *facts.Rows, row int) {
	vectors := s.vectors[e.index]
	for i, a := range e.attributes {
		text := s.row[a.col]
		if text == "" {
			continue
		}
		if vectors[i] == nil {
			rows.SetAttr(row, a.name, text)
			v := rows.Attrs[a.name]
			v.Strs = slices.Grow(v.Strs, max(0, s.expected-len(v.Strs)))
			vectors[i] = v
			continue
		}
		vectors[i].SetText(row, text)
	}
	if !s.plan.dynamic {
		return
	}
	for i, x := range s.extra {
		if i+len(e.attributes) >= maxAttributes {
			s.warn("mapping.warn.attributes", x.name)
			break
		}
		if e.keep.keeps(x.name, false) {
			rows.SetAttr(row, e.keep.rename1(x.name), x.text)
		}
	}
}

// call adds what an outcome means (kpis.md, "Outcome").
func (s *state) call(e *bound, id string) {
	rows, row := s.add(e, id)
	outcome, direction, talk := s.cells[e.outcome], &s.cells[e.direction], int64(0)
	if e.talk >= 0 {
		talk = s.cells[e.talk].num
	}
	o := callpace.Outcome(outcome.text)
	if !outcome.set {
		o = callpace.Unknown
		rows.SetText(row, e.def.outcome, string(o))
	}
	flags, _ := callpace.FlagsOf(o)
	reached, contacted := flags.Human, flags.RightParty
	if o == callpace.Answered {
		if direction.text == "outbound" && talk < s.plan.answeredMillis {
			reached = false
		}
		contacted = reached && !s.plan.dispositions
	}
	rows.SetInt(row, e.def.reached, truth01(reached))
	rows.SetInt(row, e.def.contacted, truth01(contacted))
}

func truth01(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// agentTime writes an interval as one row for each local hour it touches, so
// that days and hours get their own parts. The parts add up exactly.
func (s *state) agentTime(e *bound, id string) {
	from := s.cell(e, "from")
	end := s.until(e, from)
	t := e.def.table
	began, ended, seconds := t.Col("began_at"), t.Col("ended_at"), t.Col("seconds")
	for at, n := from.num, 0; at < end || n == 0; n++ {
		stop := min(end, s.nextHour(floorDiv(at, 1e6))*1e6)
		part := id
		if n > 0 {
			part = id + "#" + strconv.Itoa(n+1)
		}
		rows, row := s.add(e, part)
		m := s.at(floorDiv(at, 1e6), int(at-floorDiv(at, 1e6)*1e6))
		setMoment(rows, row, began, &cell{num: m.micros, day: m.day, hour: m.hour})
		rows.SetInt(row, ended, stop)
		rows.SetInt(row, seconds, floorDiv(stop, 1000)-floorDiv(at, 1000))
		at = stop
	}
}

// nextHour gives the next instant at which the organisation's clock begins an
// hour, or is changed.
func (s *state) nextHour(utc int64) int64 {
	offset := s.org.offset(utc)
	local := utc + offset
	next := utc + 3600 - (local - floorDiv(local, 3600)*3600)
	if s.org.offset(next-1) == offset {
		return next
	}
	for utc+1 < next { // the clock is changed in between: find the instant
		mid := (utc + next) / 2
		if s.org.offset(mid) == offset {
			utc = mid
		} else {
			next = mid
		}
	}
	return next
}

// costs spreads a cost evenly over its days; the parts add up exactly.
func (s *state) costs(e *bound, id string) {
	from, to, amount := s.cell(e, "from"), s.cell(e, "to"), s.cell(e, "amount").num
	days := int64(1)
	if to.set {
		days = to.day - from.day + 1
	}
	incurred, col := e.def.table.Col("incurred_at"), e.def.table.Col("amount")
	each, rest := amount/days, amount%days
	for i := range days {
		day, part, share := from.day+i, id, each
		if days > 1 {
			part = id + "#" + facts.DateOf(day).Format("2006-01-02")
		}
		switch {
		case i < rest:
			share++
		case i < -rest:
			share--
		}
		rows, row := s.add(e, part)
		setMoment(rows, row, incurred, &cell{num: s.org.instant(day*86400+43200).utc * 1e6, day: day, hour: -1})
		rows.SetInt(row, col, share)
	}
}
