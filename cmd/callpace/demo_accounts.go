package main

import (
	"context"
	"crypto/rand"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/demo"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/store"
	"github.com/callpace/callpace/internal/web"
)

// demoAccounts makes an account of each role in a demo company that is served,
// all with one password, which is drawn anew each time and printed here alone.
func (s *server) demoAccounts(ctx context.Context) error {
	agent, err := s.someAgent(ctx)
	if err != nil {
		return err
	}
	if err := s.state.Settings().UpdateSetting(ctx, web.OrganisationSetting, web.Organisation{Name: demo.Name, SeePeers: true}, "", s.app.now()); err != nil {
		return err
	}
	password := rand.Text()
	token, err := s.auth.CreateSetupLink(ctx)
	if err != nil {
		return err
	}
	local := auth.Visitor{Address: "127.0.0.1"}
	in, err := s.auth.CompleteSetup(ctx, token, auth.FirstAdmin{Login: "admin@demo.example", Name: "Ada Admin", Password: password,
		Language: s.app.lang, Organisation: demo.Name}, local)
	if err != nil {
		return err
	}
	admin, err := s.auth.Resume(ctx, in.Token, local)
	if err != nil {
		return err
	}
	s.app.line("demo.sign_in", "login", "admin@demo.example", "password", password)
	for _, p := range []store.Account{
		{Login: "manager@demo.example", Name: "Mara Manager", Role: string(auth.Manager)},
		{Login: "lead@demo.example", Name: "Luka Lead", Role: string(auth.Lead), Teams: []string{demo.WeakTeam}},
		{Login: "agent@demo.example", Name: agent, Role: string(auth.Agent), Agent: agent, Teams: []string{demo.WeakTeam}},
	} {
		p.Language = s.app.lang
		_, link, err := s.auth.Invite(ctx, admin, p)
		if err != nil {
			return err
		}
		if _, err := s.auth.RedeemLink(ctx, link, password, local); err != nil {
			return err
		}
		s.app.line("demo.sign_in_as", "login", p.Login, "role", p.Role)
	}
	return s.auth.SignOut(ctx, admin)
}

// someAgent is one of the team that the demo's lead leads.
func (s *server) someAgent(ctx context.Context) (name string, err error) {
	err = s.folder.Read(func(f *ingest.Folder) error {
		q, _, err := s.app.asker(f).Query(question.Words{KPIs: []string{"calls"}, By: []string{"agent"}, Where: []string{question.Equal("team", demo.WeakTeam)}, Sort: "-calls", Limit: 1})
		if err != nil {
			return err
		}
		frame, err := f.Catalogue().Run(ctx, f.Store().Engine(), q)
		if err == nil && len(frame.Rows) > 0 {
			name = frame.Rows[0].Key[0]
		}
		return err
	})
	return name, err
}
