package callpace

// Outcome is what became of one call attempt. Every source maps its own
// dispositions to these.
type Outcome string

// The outcomes.
const (
	NoAnswer      Outcome = "no_answer"
	Busy          Outcome = "busy"
	Failed        Outcome = "failed"
	Machine       Outcome = "machine"
	WrongNumber   Outcome = "wrong_number"
	DoNotCall     Outcome = "do_not_call"
	Answered      Outcome = "answered" // no further disposition known
	Callback      Outcome = "callback"
	NotInterested Outcome = "not_interested"
	Interested    Outcome = "interested"
	Qualified     Outcome = "qualified"
	Appointment   Outcome = "appointment"
	Resolved      Outcome = "resolved"
	Other         Outcome = "other"
	Sale          Outcome = "sale"
	Lost          Outcome = "lost"
	Abandoned     Outcome = "abandoned"
	Dropped       Outcome = "dropped" // a dialler's call that a person answered, and no agent was free
	Timeout       Outcome = "timeout"
	Overflow      Outcome = "overflow"
	Closed        Outcome = "closed"
	LeftMessage   Outcome = "message" // left a message to be called back
	Unknown       Outcome = "unknown" // no mapping for it: in neither side of any rate
)

// Flags say what an outcome means for the KPIs.
type Flags struct {
	Human      bool // a person talked with an agent: the call was reached (handled)
	RightParty bool // the person was the one wanted: the lead was contacted
	Invalid    bool // the number is not the lead's
	FlowOut    bool // left its queue for something else than an agent or a hang-up
	// Disposition marks outcomes that only a person can have chosen. A source
	// that never uses one has no dispositions, and there an answered call
	// counts as a contact.
	Disposition bool
}

var outcomes = map[Outcome]Flags{
	NoAnswer: {}, Busy: {}, Failed: {}, Machine: {},
	WrongNumber:   {Human: true, Invalid: true, Disposition: true},
	DoNotCall:     {Human: true, RightParty: true, Disposition: true},
	Answered:      {Human: true},
	Callback:      {Human: true, RightParty: true, Disposition: true},
	NotInterested: {Human: true, RightParty: true, Disposition: true},
	Interested:    {Human: true, RightParty: true, Disposition: true},
	Qualified:     {Human: true, RightParty: true, Disposition: true},
	Appointment:   {Human: true, RightParty: true, Disposition: true},
	Resolved:      {Human: true, RightParty: true, Disposition: true},
	Other:         {Human: true, RightParty: true, Disposition: true},
	Sale:          {Human: true, RightParty: true, Disposition: true},
	Lost:          {Human: true, RightParty: true, Disposition: true},
	Abandoned:     {}, Dropped: {},
	Timeout: {FlowOut: true}, Overflow: {FlowOut: true}, Closed: {FlowOut: true}, LeftMessage: {FlowOut: true},
	Unknown: {},
}

// FlagsOf gives the flags of an outcome; ok is false for a word that is none.
func FlagsOf(o Outcome) (f Flags, ok bool) {
	f, ok = outcomes[o]
	return f, ok
}

// Outcomes lists every outcome in the order of the documentation.
func Outcomes() []Outcome {
	return []Outcome{NoAnswer, Busy, Failed, Machine, WrongNumber, DoNotCall, Answered, Callback, NotInterested,
		Interested, Qualified, Appointment, Resolved, Other, Sale, Lost, Abandoned, Dropped, Timeout, Overflow,
		Closed, LeftMessage, Unknown}
}
