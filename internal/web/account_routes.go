package web

import "github.com/callpace/callpace/internal/auth"

// accountRoutes are those of signing in, of the own account and of the settings.
func accountRoutes() []route {
	return []route{
		{pattern: "GET " + setUpPath, anyone: true, handle: (*request).setUpWhere},
		{pattern: "GET " + setUpPath + "/{token}", anyone: true, handle: (*request).setUp},
		{pattern: "POST " + setUpPath + "/{token}", anyone: true, handle: (*request).takeSetUp},
		{pattern: "GET /sign-in/forgot", anyone: true, handle: (*request).forgot},
		{pattern: "POST /sign-in/forgot", anyone: true, handle: (*request).takeForgot},
		{pattern: "GET /link/{token}", anyone: true, handle: (*request).link},
		{pattern: "POST /link/{token}", anyone: true, handle: (*request).takeLink},

		{pattern: "GET " + accountPath, needs: auth.ViewOwn, handle: (*request).account},
		{pattern: "POST /account/profile", needs: auth.ViewOwn, handle: (*request).takeProfile},
		{pattern: "POST /account/language", needs: auth.ViewOwn, handle: (*request).takeLanguage},
		{pattern: "POST /account/password", needs: auth.ViewOwn, handle: (*request).takePassword},
		{pattern: "GET " + factorPath, needs: auth.ViewOwn, first: true, handle: (*request).factor},
		{pattern: "POST " + factorPath, needs: auth.ViewOwn, first: true, handle: (*request).takeFactor},
		{pattern: "POST " + factorPath + "/confirm", needs: auth.ViewOwn, first: true, handle: (*request).confirmFactor},
		{pattern: "POST " + factorPath + "/codes", needs: auth.ViewOwn, handle: (*request).renewCodes},
		{pattern: "POST " + factorPath + "/remove", needs: auth.ViewOwn, handle: (*request).removeFactor},
		{pattern: "POST /account/sessions/{id}/end", needs: auth.ViewOwn, handle: (*request).endSession},
		{pattern: "POST /account/sign-out-everywhere", needs: auth.ViewOwn, handle: (*request).signOutEverywhere},
		{pattern: "POST /account/tokens", needs: auth.UseAPI, handle: (*request).createToken},
		{pattern: "POST /account/tokens/{id}/revoke", needs: auth.UseAPI, handle: (*request).revokeToken},

		{pattern: "GET /settings", needs: auth.ManageSettings, handle: (*request).settingsHome},
		{pattern: "GET " + settingsPath, needs: auth.ManageSettings, handle: (*request).organisation},
		{pattern: "POST " + settingsPath, needs: auth.ManageSettings, handle: (*request).takeOrganisation},
		{pattern: "GET /settings/roles", needs: auth.ManageSettings, handle: (*request).roles},
		{pattern: "POST /settings/roles", needs: auth.ManageSettings, handle: (*request).takeRoles},
		{pattern: "GET /settings/focus", needs: auth.ManageSettings, handle: (*request).focusPage},
		{pattern: "POST /settings/focus/{what}", needs: auth.ManageSettings, handle: (*request).takeFocus},
		{pattern: "GET " + accountsPath, needs: auth.ManageAccounts, handle: (*request).accounts},
		{pattern: "POST " + accountsPath, needs: auth.ManageAccounts, handle: (*request).invite},
		{pattern: "GET " + accountsPath + "/new", needs: auth.ManageAccounts, handle: (*request).inviteForm},
		{pattern: "GET " + accountsPath + "/{id}", needs: auth.ManageAccounts, handle: (*request).manage},
		{pattern: "POST " + accountsPath + "/{id}", needs: auth.ManageAccounts, handle: (*request).takeAccount},
		{pattern: "POST " + accountsPath + "/{id}/{what}", needs: auth.ManageAccounts, handle: (*request).manageAct},
		{pattern: "GET " + teamsPath, needs: auth.ManageSettings, handle: (*request).teams},
		{pattern: "POST " + teamsPath + "/alias", needs: auth.ManageSettings, handle: (*request).takeAlias},
		{pattern: "POST " + teamsPath + "/member", needs: auth.ManageSettings, handle: (*request).takeMember},
		{pattern: "GET /settings/dispositions", needs: auth.ManageSettings, handle: (*request).dispositions},
		{pattern: "GET /settings/mail", needs: auth.ManageSettings, handle: (*request).mailSettings},
		{pattern: "POST /settings/mail", needs: auth.ManageSettings, handle: (*request).takeMailSettings},
		{pattern: "POST /settings/mail/test", needs: auth.ManageSettings, handle: (*request).testMail},
		{pattern: "GET /settings/audit", needs: auth.ReadAudit, handle: (*request).audit},
	}
}
