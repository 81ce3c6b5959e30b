package main

import (
	"context"
	"log/slog"

	"github.com/callpace/callpace/internal/mail"
	"github.com/callpace/callpace/internal/morning"
	"github.com/callpace/callpace/internal/web"
	"github.com/callpace/callpace/internal/web/letter"
)

// morningMail makes the sender of mails of a server.
func (s *server) morningMail(log *slog.Logger) *morning.Service {
	return morning.New(morning.Deps{Folder: s.folder, State: s.state, Now: s.app.now, Log: log, Pages: s.url, Jobs: s.jobs,
		Organisation: func(ctx context.Context) (morning.Organisation, error) {
			var o web.Organisation
			err := s.state.Settings().FindSetting(ctx, web.OrganisationSetting, &o)
			return o.ForLetters(), err
		},
		Write: letter.Writer{Texts: s.app.texts}.Message, Send: mail.Sender{}.Send})
}
