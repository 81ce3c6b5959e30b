package design_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/web/design"
)

// Every component renders, and none has what the pages' policy forbids.
func TestBody(t *testing.T) {
	for lang, want := range map[string]string{"en": "Appointment rate fell in team East", "fa": "نرخ قرار ملاقات در تیم شرق کاهش یافت"} {
		body, err := design.Body(lang)
		require.NoError(t, err)
		require.Contains(t, string(body), want)
		require.NotRegexp(t, `<[^>]+\s(style|on[a-z]+)=`, string(body))
		require.NotContains(t, strings.ReplaceAll(string(body), `<script type="application/json">`, ""), "<script")
		require.NotContains(t, string(body), "ZgotmplZ")
		require.NotContains(t, string(body), "%!")
	}
}
