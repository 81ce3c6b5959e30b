package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTourOfTheReadme runs the README's five minutes as they are printed, and
// finds in what they print the first table of each block that the README shows.
func TestTourOfTheReadme(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "README.md"))
	require.NoError(t, err)
	_, tour, found := strings.Cut(string(page), "## Five minutes on your own file\n")
	require.True(t, found)
	tour, _, _ = strings.Cut(tour, "\n## ")

	dir := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(dir, "examples"), os.DirFS(filepath.Join("..", "examples"))))
	require.NoError(t, os.Symlink(binary, filepath.Join(dir, "callpace")))
	printed, shown := "", 0
	blocks := strings.Split(tour, "```")
	for i := 1; i < len(blocks); i += 2 {
		kind, text, _ := strings.Cut(blocks[i], "\n")
		switch kind {
		case "sh":
			for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
				cmd := exec.Command("sh", "-c", line)
				cmd.Dir, cmd.Env = dir, append(os.Environ(), "CALLPACE_LANG=en", "CALLPACE_DATA=callpace-data")
				out, err := cmd.CombinedOutput()
				require.NoError(t, err, "%s\n%s", line, out)
				printed += string(out)
			}
		case "text":
			table, _, _ := strings.Cut(text, "\n\n")
			require.Contains(t, printed, strings.TrimSpace(table))
			shown++
		}
	}
	require.Equal(t, 2, shown)
}
