package i18n

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// synonyms are words that no text says, by language: what docs/glossary.md
// names has one name, and it is not this one. ‹ and › are the edges of a word.
var synonyms = map[string][]struct{ word, use, why string }{
	"hr": {
		{`birač`, "automatski pozivač, dialer", "a voter"},
		{`‹[Dd]odiri?›`, "kontakti do prodaje", "a literal touch"},
		{`‹[Uu]laza? \{input\}|^Ulaz$`, "unos", "one name for an input"},
		{`[Kk]artic\p{L}+ rezultata`, "kartica pokazatelja", "the scorecard's name"},
		{`[Cc]iljni broj|‹[Mm]eta›`, "ciljna vrijednost", "the target's name"},
		{`dnevnik\p{L}* nadzora`, "dnevnik revizije", "one name for the audit log"},
		{`‹[Rr]edov[ia]›`, "redci, redaka", "one spelling of rows"},
		{`KPI-?j?ev`, "pokazatelj", "one name for a KPI"},
		{`[Rr]eklamacij`, "pritužba", "a complaint's name"},
		{`čimbenik`, "faktor", "one name for the second factor"},
		{`[Pp]romašen`, "nije ostvareno", "blame"},
	},
	"uk": {
		{`[Мм]апінг`, "зіставлення", "one name for a mapping"},
		{`[Лл]анцюг\p{L}*`, "ланцюжок", "one name for a chain"},
		{`[Чч]инник`, "фактор", "one name for the second factor"},
		{`‹[Пп]ризначен(ь|ня)›`, "зустріч", "purpose, assignment"},
		{`[Тт]рубопровід|[Кк]онвеєр`, "воронка продажів", "a pipe, a factory belt"},
		{`‹[Аа]гент`, "оператор", "sells insurance"},
		{`[Чч]астка контактів`, "відсоток контактів", "the KPI's name"},
		{`‹[Уу]год[аи]›`, "продаж", "may still be open"},
	},
	"ro": {
		{`‹[Ll]eaduri|‹lead-i›`, "lead-uri", "the plural of lead"},
		{`[Cc]onvocare`, "rezolvare la primul contact", "a summons"},
		{`[Ss]chiț`, "ciornă", "one name for a draft"},
		{`punctaj`, "fișă de performanță", "the scorecard's name"},
		{`[Pp]romovat`, "admis", "got a better post"},
		{`[Rr]ata de (închidere|contact)›`, "rata de încheiere, rata de contactare", "the KPIs' names"},
		{`firma demonstrativă`, "compania demonstrativă", "one name for the demo company"},
	},
	"fa": {
		{`کارساز`, "سرور", "one name for a server"},
		{`جستجو`, "جست‌وجو", "one spelling of search"},
		{`پرونده`, "فایل", "one name for a file"},
		{`گزارش ممیزی`, "گزارش رویدادها", "one name for the audit log"},
		{`نرخ برد›`, "نرخ تأیید", "won is تأییدشده"},
		{`پرچم`, "گزینه", "a flag of cloth"},
		{`نماینده`, "کارشناس فروش", "a dealer"},
		{`بیش‌فروشی|گران‌فروشی`, "فروش ارتقایی", "profiteering"},
		{`تماسها|میشود`, "تماس‌ها، می‌شود", "the half-space is missing"},
		{`‹نامهٔ (?:صبح|آزمایشی)`, "ایمیل", "a paper letter"},
	},
	"zh": {
		{`团队(?:名册|的比率)`, "班组", "one name for a team"},
		{`总览`, "概览", "one name for the overview"},
		{`账户`, "账号", "one name for an account"},
		{`恢复代码`, "恢复码", "one name for a recovery code"},
		{`(?:^|[^绩效记分])计分卡`, "绩效记分卡", "the scorecard's name"},
		{`客单价`, "平均订单价值", "per customer, not per order"},
		{`回访`, "预约回呼", "a survey call"},
		{`接触率`, "本人接通率", "the KPI's name"},
		{`撤回输入|(?:^|该)输入(?: \{input\}|$)`, "导入批次", "one name for an input"},
	},
}

// edges writes ‹ and › in a pattern as the edges of a word; \b knows ASCII only.
var edges = strings.NewReplacer("‹", `(?:^|[^\p{L}\x{200c}])`, "›", `(?:$|[^\p{L}\x{200c}])`)

// One thing has one name on all pages, in mails, answers and definitions.
func TestOneNameForOneThing(t *testing.T) {
	all := catalogues(t)
	for _, lang := range sorted(synonyms) {
		definitions, err := os.ReadFile(filepath.Join("..", "kpi", "catalog", "locale", lang+".yaml"))
		require.NoError(t, err)
		texts := map[string]string{}
		for line := range strings.Lines(string(definitions)) {
			key, text, _ := strings.Cut(line, ": ")
			texts[key] = text
		}
		for key, m := range all[lang] {
			for form, text := range forms(m) {
				texts[key+" ("+form+")"] = text
			}
		}
		for _, s := range synonyms[lang] {
			word := regexp.MustCompile(edges.Replace(s.word))
			for _, key := range sorted(texts) {
				if found := word.FindString(texts[key]); found != "" {
					t.Errorf("%s: %s says %q (%s): say %s", lang, key, found, s.why, s.use)
				}
			}
		}
	}
}

// Where a language does not inflect its months, both of their forms are one.
func TestMonthsHaveOneName(t *testing.T) {
	all := catalogues(t)
	for _, lang := range []string{"en", "ro", "zh"} {
		for _, key := range sorted(all[lang]) {
			if alone := strings.Replace(key, ".of.", ".", 1); alone != key && strings.HasPrefix(key, "calendar.") && all[lang][alone] != nil {
				require.Equal(t, all[lang][alone].Other, all[lang][key].Other, "%s: %s", lang, key)
			}
		}
	}
}
