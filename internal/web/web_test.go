package web

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every icon and asset that a template names was built: an icon's name is a
// constant of the template, so its text tells.
func TestTemplatesNameIconsThatExist(t *testing.T) {
	listed, err := os.ReadFile("assets/src/icons.txt")
	require.NoError(t, err)
	icons := strings.Fields(string(listed))
	named := regexp.MustCompile(`icon "([^"]+)"`)
	err = fs.WalkDir(templateFiles, "templates", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(templateFiles, path)
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			require.True(t, slices.Contains(icons, m[1]), "%s: icon %q is not in assets/src/icons.txt", path, m[1])
		}
		return err
	})
	require.NoError(t, err)
	for _, s := range sections {
		require.Contains(t, icons, s.icon)
	}
}
