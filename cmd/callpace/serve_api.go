package main

import (
	"context"
	"log/slog"

	"github.com/callpace/callpace/internal/api"
	"github.com/callpace/callpace/internal/web"
)

// api makes the JSON API of the server.
func (s *server) api(log *slog.Logger) *api.API {
	return api.New(api.Deps{Folder: s.folder, State: s.state, Auth: s.auth, Texts: s.app.texts, Now: s.app.now, Log: log, Jobs: s.jobs,
		Spool: s.app.Data, Linger: web.Linger, SeePeers: func(ctx context.Context) bool {
			var org web.Organisation
			return s.state.Settings().FindSetting(ctx, web.OrganisationSetting, &org) == nil && org.SeePeers
		}})
}
