package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// manyCalls writes a file of calls that take a while to import, with versions
// of the same record, rejects and sales among them. 110,000 rows are several
// blocks of the journal and more than one transaction of the facts.
func manyCalls(t *testing.T, path string, rows int) {
	t.Helper()
	file, err := os.Create(path)
	require.NoError(t, err)
	w := bufio.NewWriter(file)
	fmt.Fprintln(w, "id,when,agent,phone,result,talk,amount,city,note")
	r := rand.New(rand.NewPCG(1, 2))
	at := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	for i := range rows {
		id, when := i, at.Add(time.Duration(i)*40*time.Second).Format(time.DateTime)
		switch r.IntN(100) {
		case 0:
			id = r.IntN(i + 1) // another version of an earlier call
		case 1:
			when = "never"
		}
		result := []string{"none", "none", "no", "meeting", "sold"}[r.IntN(5)]
		fmt.Fprintf(w, "%d,%s,%d,09123%05d,%s,%d,%d.25,%s,%0100d\n", id, when, 200+r.IntN(40), r.IntN(40_000), result, r.IntN(400), r.IntN(90), []string{"Split", "Pula", ""}[r.IntN(3)], r.IntN(9))
	}
	require.NoError(t, w.Flush())
	require.NoError(t, file.Close())
}

// callpace runs the binary on a data folder and gives what it prints.
func callpace(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(binary, append(args, "--data", dir)...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "callpace %v\n%s", args, stderr.String())
	return string(out)
}

// state is all that a reader can see of a folder, but for times of arrival.
type state struct{ Facts, KPIs string }

func stateOf(t *testing.T, dir string) state {
	t.Helper()
	text, err := digestOf(dir)
	require.NoError(t, err)
	return state{text, callpace(t, dir, "kpi", "calls,reach_rate,contact_rate,sales,revenue,talk_time:median,conversion_rate,calls_per_lead", "--by", "month,team,agent", "-o", "csv")}
}

// TestKill kills imports at random moments, again and again, and looks whether
// finishing them gives what an undisturbed import gives, and whether anything
// that was acknowledged is lost.
func TestKill(t *testing.T) {
	kills, rows := 50, 110_000
	if testing.Short() {
		kills, rows = 5, 30_000
	}
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("KILL_SEED"); s != "" {
		_, err := fmt.Sscan(s, &seed)
		require.NoError(t, err)
	}
	t.Logf("KILL_SEED=%d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	home := t.TempDir()
	log := filepath.Join(home, "many.csv")
	manyCalls(t, log, rows)
	data, err := os.ReadFile(log)
	require.NoError(t, err)
	files, err := filepath.Abs(filepath.Join("testdata", "files"))
	require.NoError(t, err)
	mapping := filepath.Join(files, "calls.yaml")
	begin := func(dir string) {
		callpace(t, dir, "init", "--zone", "Europe/Zagreb", "--currency", "EUR", "--country", "HR")
		callpace(t, dir, "import", "--source", "staff", "--mapping", filepath.Join(files, "staff.yaml"), filepath.Join(files, "staff.csv"))
		callpace(t, dir, "import", "--source", "crm", "--mapping", filepath.Join(files, "leads.yaml"), filepath.Join(files, "leads.csv"))
	}
	send := []string{"import", "--source", "dialler", "--mapping", mapping, "-o", "json", log}

	undisturbed := filepath.Join(home, "undisturbed")
	begin(undisturbed)
	started := time.Now()
	counts := callpace(t, undisturbed, send...)
	whole := time.Since(started)
	want := stateOf(t, undisturbed)
	t.Logf("undisturbed: %v, %s", whole.Round(time.Millisecond), strings.Join(strings.Fields(counts[:min(200, len(counts))]), ""))

	// Rounds of a fresh folder each: killed a few times, then finished.
	for round := 0; kills > 0; round++ {
		dir := filepath.Join(home, fmt.Sprint("round", round))
		begin(dir)
		// The log may have been here in part, as a growing file is.
		if r.IntN(2) == 0 {
			part := filepath.Join(home, "part.csv")
			require.NoError(t, os.WriteFile(part, data[:len(data)/4+r.IntN(len(data)/4)], 0o600))
			callpace(t, dir, "import", "--source", "dialler", "--mapping", mapping, part)
		}
		acknowledged := inputsOf(t, dir)
		for range min(kills, 1+r.IntN(9)) {
			kills--
			after := time.Duration(r.Int64N(int64(whole)))
			require.NoError(t, killed(dir, after, send), "round %d, after %v", round, after)
		}
		for _, in := range acknowledged {
			require.Contains(t, inputsOf(t, dir), in, "round %d: acknowledged, and lost", round)
		}
		callpace(t, dir, send...)
		got := stateOf(t, dir)
		require.Equal(t, want.KPIs, got.KPIs, "round %d", round)
		require.Equal(t, want.Facts, got.Facts, "round %d", round)
		callpace(t, dir, "verify")
		require.NoError(t, os.RemoveAll(dir))
	}
}

// killed runs the program and kills it after a while; ending before is fine,
// failing is not.
func killed(dir string, after time.Duration, args []string) error {
	var stderr bytes.Buffer
	cmd := exec.Command(binary, append(args, "--data", dir)...)
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	if timer.Stop() && err != nil {
		return fmt.Errorf("%w: %s", err, stderr.String())
	}
	return nil
}

// inputsOf lists the inputs that were acknowledged, by number, source and file.
func inputsOf(t *testing.T, dir string) (list []string) {
	t.Helper()
	var inputs []struct {
		Input        int
		Source, File string
		Status       string
		Bytes        int64
	}
	require.NoError(t, json.Unmarshal([]byte(callpace(t, dir, "inputs", "-o", "json")), &inputs))
	for _, in := range inputs {
		if in.Status == "committed" {
			list = append(list, fmt.Sprint(in.Input, " ", in.Source, " ", in.File, " ", in.Bytes))
		}
	}
	return list
}
