package web

import "github.com/callpace/callpace/internal/auth"

// rowRoutes are the pages of single calls and leads, and the files that tables
// and rows can be had in.
func rowRoutes() []route {
	return []route{
		{pattern: "GET /kpi/{kpi}/rows", needs: auth.SeeRows, handle: (*request).rows},
		{pattern: "GET /kpi/{kpi}/rows/export", needs: auth.Export, handle: (*request).exportRows},
		{pattern: "GET /kpi/{kpi}/export", needs: auth.Export, handle: (*request).exportKPI},
		{pattern: "GET /explore/export", needs: auth.Export, handle: (*request).exportExplore},
		{pattern: "GET /calls", needs: auth.SeeRows, handle: (*request).calls},
		{pattern: "GET /calls/export", needs: auth.Export, handle: (*request).exportCalls},
		{pattern: "GET /calls/{source}/{id}", needs: auth.SeeRows, handle: (*request).call},
		{pattern: "GET /calls/{source}/{id}/recording", needs: auth.ReviewCalls, handle: (*request).hear},
		{pattern: "POST /calls/{source}/{id}/notes", needs: auth.WriteNotes, handle: (*request).takeNote},
		{pattern: "POST /calls/{source}/{id}/corrections", needs: auth.RequestCorrection, handle: (*request).takeCorrection},
		{pattern: "GET /leads", needs: auth.SeeRows, handle: (*request).leads},
		{pattern: "GET /leads/export", needs: auth.Export, handle: (*request).exportLeads},
	}
}
