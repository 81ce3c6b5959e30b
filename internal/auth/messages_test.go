package auth

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/i18n"
)

// Keys that are put together from data, which the catalogues' own test cannot see.
func TestRolesAndActionsHaveNames(t *testing.T) {
	c, err := i18n.Open()
	require.NoError(t, err)
	for _, lang := range i18n.Languages() {
		l := c.Localizer(lang, calendar.Calendar{})
		for _, r := range Roles() {
			require.True(t, l.Has("role."+string(r)), "%s: %s", lang, r)
		}
		for _, a := range Actions() {
			require.True(t, l.Has("audit."+string(a)), "%s: %s", lang, a)
		}
		require.False(t, l.Has("audit.unheard"))
	}
}
