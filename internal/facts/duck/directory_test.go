package duck

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDirectory(t *testing.T) {
	d := NewDirectory([]Membership{
		{Agent: "Ana Horvat", Name: "Ana H.", Team: "East", From: OpenStart, To: 10},
		{Agent: "Ana Horvat", Team: "West", From: 10, To: OpenEnd},
		{Agent: "Ana Horvat", Team: "Loan", From: 20, To: 30}, // within West
		{Agent: "Ana Horvat", Alias: "101", AliasSource: "pbx", From: OpenStart, To: 15},
		{Agent: "Ivo", Alias: "101", AliasSource: "pbx", From: 15, To: OpenEnd},
		{Agent: "Kim", Alias: "101", From: OpenStart, To: OpenEnd},
		{Agent: "Kim", Team: "North", From: 5, To: 7},
	})
	agent := func(source, spelling string, day int64, want string) {
		t.Helper()
		require.Equal(t, want, d.Agent(source, spelling, day))
	}
	agent("pbx", "101", 14, "Ana Horvat")
	agent("pbx", "101", 15, "Ivo")
	agent("pbx", "101", Undated, "Ivo")
	agent("crm", "101", 14, "Kim")
	agent("crm", " ana  HORVAT ", 14, "Ana Horvat")
	agent("crm", "ana h.", Undated, "Ana Horvat")
	agent("crm", "Nobody  Known", 14, "Nobody  Known")
	agent("pbx", "۱۰۱", 14, "Ana Horvat")
	agent("crm", "Ana Hórvat", 14, "Ana Horvat")
	spelled := NewDirectory([]Membership{{Agent: "علی رضایی"}, {Agent: "Ivan Marić"}, {Agent: "Ivan Maric"}, {Agent: "Đuro Šarić"}})
	require.Equal(t, "علی رضایی", spelled.Agent("crm", "علي رضايي", Undated))
	require.Equal(t, "Ivan Maric", spelled.Agent("crm", "ivan maric", Undated), "its own spelling before one like it")
	require.Equal(t, "IVAN MARIČ", spelled.Agent("crm", "IVAN MARIČ", Undated), "one of two, who knows which")
	require.Equal(t, "Đuro Šarić", spelled.Agent("crm", "Duro Saric", Undated))
	team := func(agent string, day int64, want string) {
		t.Helper()
		require.Equal(t, want, d.Team(agent, day))
	}
	team("Ana Horvat", 9, "East")
	team("Ana Horvat", 10, "West")
	team("Ana Horvat", 20, "Loan")
	team("Ana Horvat", 30, "West")
	team("Ana Horvat", Undated, "West")
	team("Kim", 4, "")
	team("Kim", 5, "North")
	team("Kim", 7, "")
	team("Kim", Undated, "North")
	team("Ivo", 5, "")
}
