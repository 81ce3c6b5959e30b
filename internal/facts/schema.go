package facts

// SchemaVersion is part of a fact file's fingerprint: raise it with every
// change to a table or to what a column means, and the files are rebuilt.
const SchemaVersion = 2

// Every decoded fact starts with these columns. origin is the record (or the
// group of records) that made the row and is replaced as a whole; agent and
// team are resolved through the roster from agent_alias, the source's own
// spelling.
var common = []Column{
	{"origin", Hash}, {"source", Text}, {"source_id", Text},
	{"agent_alias", Text}, {"agent", Text}, {"team", Text}, {"campaign", Text}, {"product", Text},
}

// People are the columns, and the dimensions named after them, that tell who
// worked, or in which team: what stands under one of their values is somebody's.
var People = []string{"agent", "agent_alias", "team", "stage_by", "closer", "closer_team", "reached_by", "reached_team", "contacted_by", "contacted_team",
	"qualified_by", "qualified_team", "appointment_by", "appointment_team", "requested_by", "reviewer"}

// leadRef is how a row points at a lead: lead_ref and phone as the source gave
// them (phone in E.164), lead as resolved: lead_ref, else the lead that has
// the phone, else the phone itself.
var leadRef = []Column{{"lead_ref", Text}, {"phone", Text}, {"lead", Text}}

// Tables are all fact tables, in the order in which a batch numbers them.
//
// Some columns are filled by the projection, never by a decoder, since they
// depend on other facts: agent, team, lead (identity); *_org (a rate of the
// day; null where there is none); orders.touches and orders.sale_call;
// orders.agent where the source names none; callbacks.kept.
var Tables = []*Table{
	decoded("calls", []string{"started"}, leadRef, []Column{
		{"direction", Text}, {"channel", Text}, {"kind", Text}, {"queue", Text}, {"list", Text}, {"attempt", Int},
		{"outcome", Text}, {"reached", Bool}, {"contacted", Bool},
		{"ring_seconds", Seconds}, {"wait_seconds", Seconds}, {"talk_seconds", Seconds}, {"hold_seconds", Seconds}, {"wrap_seconds", Seconds},
		{"exit_reason", Text}, {"ended_by", Text}, {"pitch_completed", Bool}, {"script", Text}, {"recording", Text},
		{"cost", Amount}, {"cost_currency", Text}, {"cost_org", Amount},
	}),
	// lead_ref is the lead's own id; phones holds further numbers, separated by spaces.
	decoded("leads", []string{"created"}, leadRef, []Column{
		{"list", Text}, {"channel", Text}, {"phones", Text}, {"referred_by", Text}, {"segment", Text}, {"grade", Text},
	}),
	decoded("lead_stages", []string{"reached"}, leadRef, []Column{{"stage", Text}, {"lost_reason", Text}}),
	// One row per order and credited agent: share is 1, or the agent's part of a joint sale.
	decoded("orders", []string{"placed", "cancelled"}, leadRef, []Column{
		{"customer", Text}, {"amount", Amount}, {"currency", Text}, {"kind", Text}, {"segment", Text}, {"margin", Amount}, {"share", Amount},
		{"amount_org", Amount}, {"margin_org", Amount}, // in the organisation's currency
		{"touches", Int},    // calls and activities to the lead since its previous order
		{"sale_call", Text}, // the call with outcome sale that the order came from
	}),
	decoded("activities", []string{"done"}, leadRef, []Column{{"kind", Text}, {"result", Text}}),
	// One row per interval and local hour, so that every day and hour gets its own part.
	decoded("agent_time", []string{"began"}, []Column{{"state", Text}, {"ended_at", Instant}, {"seconds", Seconds}}),
	decoded("schedule", []string{"planned"}, []Column{{"planned_seconds", Seconds}, {"absence", Text}}),
	decoded("callbacks", []string{"due", "requested"}, leadRef, []Column{{"kept_call", Text}, {"requested_by", Text}, {"kept", Bool}}),
	decoded("cases", []string{"opened", "first_response", "resolved", "reopened"}, leadRef, []Column{
		{"channel", Text}, {"kind", Text}, {"contacts_needed", Int}, {"customer", Text},
	}),
	// One row per survey asked; answered is null while there is no answer.
	decoded("surveys", []string{"answered", "asked", "replied"}, leadRef, []Column{
		{"kind", Text}, {"call", Text}, {"aspect", Text}, {"score", Amount}, {"scale", Amount}, {"comment", Text},
	}),
	decoded("evaluations", []string{"evaluated"}, []Column{
		{"call", Text}, {"scorecard", Text}, {"version", Text}, {"reviewer", Text}, {"score", Amount}, {"scale", Amount}, {"passed", Bool},
	}),
	// One row per cost and day: the amount is spread evenly, and the parts add up exactly.
	decoded("costs", []string{"incurred"}, []Column{{"scope", Text}, {"kind", Text}, {"amount", Amount}, {"currency", Text}, {"amount_org", Amount}}),
	decoded("customers", []string{"since", "until"}, []Column{{"customer", Text}, {"segment", Text}, {"end_reason", Text}}),
	decoded("rates", []string{"quoted"}, []Column{{"from_currency", Text}, {"to_currency", Text}, {"rate", Amount}}),
	// The roster: one row per agent, alias or team membership. Null days are open ends; to_day is exclusive.
	decoded("roster", nil, []Column{
		{"alias", Text}, {"alias_source", Text}, {"name", Text}, {"from_day", Day}, {"to_day", Day},
	}),
	derived("lead_story", []string{"created", "first_call", "first_cold_call", "first_reached", "approached", "first_contact", "qualified", "appointment", "won", "lost", "closed"},
		[]Column{
			{"lead", Text}, {"source", Text}, {"agent", Text}, {"team", Text}, {"campaign", Text}, {"product", Text},
			{"list", Text}, {"channel", Text}, {"segment", Text}, {"grade", Text}, {"referred_by", Text},
			{"recorded", Bool}, // a source holds a lead record, so that attributes can be looked up
			{"stage", Text}, {"stage_by", Text}, {"lost_reason", Text}, {"closer", Text}, {"closer_team", Text},
			{"reached_by", Text}, {"reached_team", Text}, {"contacted_by", Text}, {"contacted_team", Text},
			{"qualified_by", Text}, {"qualified_team", Text}, {"appointment_by", Text}, {"appointment_team", Text},
			{"calls", Int}, {"outbound_calls", Int}, {"reached_calls", Int}, {"contacted_calls", Int}, {"callbacks", Int}, {"callbacks_kept", Int},
			{"first_outcome", Text}, // outcome of the first reached call
			{"touches_before_won", Int}, {"last_call_at", Instant},
			{"invalid", Bool}, {"do_not_call", Bool},
		}),
}

// The tables by name, for code that works on one of them.
var (
	Calls       = table("calls")
	Leads       = table("leads")
	LeadStages  = table("lead_stages")
	Orders      = table("orders")
	Activities  = table("activities")
	AgentTime   = table("agent_time")
	Schedule    = table("schedule")
	Callbacks   = table("callbacks")
	Cases       = table("cases")
	Surveys     = table("surveys")
	Evaluations = table("evaluations")
	Costs       = table("costs")
	Customers   = table("customers")
	Rates       = table("rates")
	Roster      = table("roster")
	LeadStory   = table("lead_story")
)

// TableByName gives a table, or nil.
func TableByName(name string) *Table {
	for _, t := range Tables {
		if t.Name == name {
			return t
		}
	}
	return nil
}

func table(name string) *Table {
	t := TableByName(name)
	if t == nil {
		panic("facts: no table " + name)
	}
	return t
}

func decoded(name string, moments []string, columns ...[]Column) *Table {
	return build(name, moments, append([][]Column{common}, columns...), false)
}

func derived(name string, moments []string, columns ...[]Column) *Table {
	return build(name, moments, columns, true)
}

func build(name string, moments []string, columns [][]Column, isDerived bool) *Table {
	t := &Table{Name: name, Moments: moments, Derived: isDerived, index: map[string]int{}}
	add := func(c Column) {
		t.index[c.Name] = len(t.Columns)
		t.Columns = append(t.Columns, c)
	}
	for _, group := range columns {
		for _, c := range group {
			add(c)
		}
	}
	for _, m := range moments {
		add(Column{m + "_at", Instant})
		add(Column{m + "_day", Day})
		add(Column{m + "_hour", Hour})
	}
	return t
}

func init() {
	for i, t := range Tables {
		t.ID = i
	}
}
