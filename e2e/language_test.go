package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// commands are those of which the help is looked at.
var commands = []string{"", "init", "import", "watch", "inputs", "withdraw", "erase", "kpi", "kpi query", "kpi list", "kpi explain", "rows", "changes",
	"reconcile", "roster", "mapping", "mapping guess", "mapping check", "mapping apply", "mapping schema", "settings", "rebuild", "verify", "demo", "version"}

// messageKey is what an untranslated message looks like: help.import.rows.
var messageKey = regexp.MustCompile(`\b(help|error|column|status|reconcile|import|kpi|explain|changes|roster|watch|mapping|preview|progress|overview|demo|erase|init|verify|facts|settings|journal|asterisk|table|calendar|core|rows|withdraw|rebuild|version|duck|option)\.[a-z_]+(\.[a-z_]+)*\b`)

// placeholder is an argument that nobody filled in.
var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// parserEnglish is what the parser of the command line says in its own words.
var parserEnglish = regexp.MustCompile(`\b(expected|must be|but got|no such file|is a directory|unknown flag|unexpected argument|missing flags|can't be)\b`)

// fileNames look like keys and are none.
var fileNames = regexp.MustCompile(`[\w./-]+\.(csv|yaml|log|gz|zst|xlsx|conf|duckdb|md)\b`)

// speak goes through the program in one language: every help, and what every
// command answers, right and wrong. It uses a folder of its own.
func speak(ts *testscript.TestScript, _ bool, args []string) {
	lang := args[0]
	ts.Setenv("CALLPACE_DATA", "data-"+lang)
	run := func(line string) {
		_ = ts.Exec("callpace", append(strings.Fields(line), "--lang", lang)...) // some are wrong on purpose
		for _, out := range []string{ts.ReadFile("stdout"), ts.ReadFile("stderr")} {
			out = fileNames.ReplaceAllString(out, "")
			if key := messageKey.FindString(out); key != "" {
				ts.Fatalf("%s: callpace %s: the key %s\n%s", lang, line, key, out)
			}
			if words := parserEnglish.FindString(out); words != "" && lang != "en" {
				ts.Fatalf("%s: callpace %s: the parser's %q\n%s", lang, line, words, out)
			}
			if hole := placeholder.FindString(out); hole != "" {
				ts.Fatalf("%s: callpace %s: the placeholder %s\n%s", lang, line, hole, out)
			}
		}
	}
	for _, c := range commands {
		run(c + " --help")
		help := ts.ReadFile("stdout")
		ts.Check(ts.Exec("callpace", append(strings.Fields(c), "--help", "--lang", "en")...))
		english := ts.ReadFile("stdout")
		if lang != "en" && help == english {
			ts.Fatalf("callpace %s --help is English in %s", c, lang)
		}
	}
	for _, line := range []string{
		"kpi calls", "init --zone Nowhere --currency EUR", "init --zone Europe/Zagreb --currency EUR --country HR", "init --zone Europe/Zagreb --currency EUR",
		"import --source staff --mapping staff.yaml staff.csv", "import --source dialler --mapping calls.yaml --dry-run calls.csv",
		"import --source dialler --mapping calls.yaml calls.csv", "import --source dialler --mapping calls.yaml calls.csv", "import --source crm --mapping leads.yaml leads.csv",
		"import --source pbx --format asterisk-cdr Master.csv", "import --source queues --format asterisk-queue-log queue_log", "import --source x --format telex calls.csv",
		"import --source x calls.csv", "import --source x --mapping leads.yaml calls.csv", "import --source pbx --format asterisk-cdr --option answered=maybe Master.csv",
		"inputs", "kpi calls,reach_rate,sales,revenue,talk_time --by agent --intervals", "kpi calls,sales --period 2026-10 --compare previous", "kpi cals", "kpi calls --by agnt",
		"kpi calls --period someday", "kpi calls --compare previous", "kpi calls --where x>", "kpi list", "kpi explain conversion_rate", "kpi explain talk_time:p90", "rows sales", "rows sal",
		"changes", "reconcile dialler", "reconcile nobody", "roster", "mapping check calls.yaml", "mapping check calls.csv", "mapping guess leads.csv", "withdraw 99", "withdraw 3", "withdraw 3", "changes",
		"erase --phone 0912345671", "erase --phone nobody --yes", "erase --lead L3 --yes", "watch --source x --format asterisk-cdr", "watch --source x --format asterisk-cdr --follow queue --once",
		"inputs", "audit", "audit --action withdrawn", "kpi calls --limit -1", "kpi calls --limit x", "kpi calls --intervals=perhaps", "import --mapping nofile.yaml calls.csv", "import --mapping . calls.csv",
		"import --option answered calls.csv", "watch --every soon", "plan --target many", "withdraw", "withdraw 1 2", "kpi calls --fron 2026", "kpi calls --period --by agent", "serve --recordings calls.csv",
		"rebuild", "verify", "settings", "frobnicate", "kpi", "kpi calls -o xml", "version",
	} {
		run(line)
	}
	rejects, err := readDir(ts.MkAbs("data-" + lang + "/rejects"))
	ts.Check(err)
	if key := messageKey.FindString(fileNames.ReplaceAllString(rejects, "")); key != "" {
		ts.Fatalf("%s: rejects: the key %s\n%s", lang, key, rejects)
	}
	ts.Setenv("CALLPACE_DATA", "data")
}

// readDir gives the text of every file of a folder.
func readDir(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return "", err
		}
		all.Write(data)
	}
	return all.String(), nil
}
