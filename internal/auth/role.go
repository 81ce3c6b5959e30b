package auth

import "slices"

// Role is what an account is in the organisation. Its name in a language is
// the message role.<role>, unless the organisation gave it another.
type Role string

// The roles.
const (
	Agent   Role = "agent"
	Lead    Role = "lead"
	Manager Role = "manager"
	Analyst Role = "analyst"
	QA      Role = "qa"
	Admin   Role = "admin"
)

// Roles lists the roles, the narrowest first.
func Roles() []Role { return []Role{Agent, Lead, QA, Analyst, Manager, Admin} }

// Permission is one thing that a role may do. What it may do it to is the Scope.
type Permission string

// The permissions.
const (
	ViewOwn           Permission = "view_own"  // numbers of the own agent
	ViewTeam          Permission = "view_team" // numbers of the own teams
	ViewAll           Permission = "view_all"  // everybody's numbers, or those the account is narrowed to
	SeeRows           Permission = "see_rows"  // calls, leads, phone numbers
	WriteNotes        Permission = "write_notes"
	SaveViews         Permission = "save_views"
	ShareViews        Permission = "share_views"
	RequestCorrection Permission = "request_correction"
	AnswerCorrection  Permission = "answer_correction"
	Annotate          Permission = "annotate"     // on everybody's charts
	ReviewCalls       Permission = "review_calls" // draw and hear recordings
	Export            Permission = "export"
	UseAPI            Permission = "use_api" // own API tokens
	SetGoals          Permission = "set_goals"
	DefineKPIs        Permission = "define_kpis"
	Import            Permission = "import" // and mappings, rosters
	Withdraw          Permission = "withdraw"
	Erase             Permission = "erase"
	ManageSettings    Permission = "manage_settings"
	ManageAccounts    Permission = "manage_accounts"
	ReadAudit         Permission = "read_audit"
)

// grants says which role may do what. A column is a role, in the order of Roles.
var grants = []struct {
	permission Permission
	roles      string // agent, lead, qa, analyst, manager, admin
}{
	{ViewOwn, "alqnmd"},
	{ViewTeam, "-lqnmd"},
	{ViewAll, "--qnmd"},
	{SeeRows, "alqnmd"},
	{WriteNotes, "alqnmd"},
	{SaveViews, "alqnmd"},
	{ShareViews, "-lqnmd"},
	{RequestCorrection, "alqnmd"},
	{AnswerCorrection, "-l--md"},
	{Annotate, "-lqnmd"},
	{ReviewCalls, "-lq-md"},
	{Export, "-l-nmd"},
	{UseAPI, "-l-nmd"},
	{SetGoals, "-l--md"},
	{DefineKPIs, "---nmd"},
	{Import, "---nmd"},
	{Withdraw, "---nmd"},
	{Erase, "-----d"},
	{ManageSettings, "-----d"},
	{ManageAccounts, "-----d"},
	{ReadAudit, "-----d"},
}

// Permissions is a set of permissions.
type Permissions []Permission

// Has tells whether a permission is in the set.
func (p Permissions) Has(one Permission) bool { return slices.Contains(p, one) }

// Within tells whether all of p is in q.
func (p Permissions) Within(q Permissions) bool {
	return !slices.ContainsFunc(p, func(one Permission) bool { return !q.Has(one) })
}

// and gives what is in both.
func (p Permissions) and(q Permissions) Permissions {
	return slices.DeleteFunc(slices.Clone(p), func(one Permission) bool { return !q.Has(one) })
}

// Known tells whether there is such a role.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// Permissions gives what a role may do; an unknown role may do nothing.
func (r Role) Permissions() Permissions {
	column := slices.Index(Roles(), r)
	if column < 0 {
		return nil
	}
	var out Permissions
	for _, g := range grants {
		if g.roles[column] != '-' {
			out = append(out, g.permission)
		}
	}
	return out
}
