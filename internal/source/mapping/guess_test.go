package mapping

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/source"
)

// sayer gives the texts of a language.
func sayer(t testing.TB, lang string) Sayer {
	texts := textsOf(t, lang)
	return func(key string, args map[string]any) string {
		text, ok := texts[key]
		require.True(t, ok, key)
		for name, v := range args {
			text = strings.ReplaceAll(text, "{"+name+"}", strings.Trim(strings.ReplaceAll(strings.TrimSpace(toJSON(v)), `\"`, `"`), `"`))
		}
		return text
	}
}

// textsOf reads the texts of mappings; of one with plural forms the general one.
func textsOf(t testing.TB, lang string) map[string]string {
	var raw map[string]any
	require.NoError(t, yaml.Unmarshal(read(t, root+"/internal/i18n/messages/"+lang+"/mapping.yaml"), &raw))
	texts := map[string]string{}
	for key, text := range raw {
		if forms, ok := text.(map[string]any); ok {
			text = forms["other"]
		}
		texts[key] = text.(string)
	}
	return texts
}

func toJSON(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// draft guesses the mapping of a text; whatever it is, it can be read, follows
// the schema and understands every row that it was drafted from, and every
// column stands in it.
func draft(t *testing.T, data, name string) string {
	t.Helper()
	text, err := Guess([]byte(data)[:min(len(data), source.HeadSize)], name, zagreb, sayer(t, "en"))
	require.NoError(t, err)
	require.NoError(t, bySchema(t, compiledSchema(t), text), text)
	d, _ := open(t, zagreb, text, []byte(data))
	b := decode(t, zagreb, text, []byte(data))
	require.Empty(t, b.Rejects, text)
	for _, w := range b.Warnings { // the draft's zone is that of the test
		require.Contains(t, w.Reason.Key, "mapping.warn.clock_", text)
	}
	for _, c := range columnsOf(d) {
		require.Contains(t, text, strings.ReplaceAll(c, "'", "''"), text)
	}
	return text
}

func columnsOf(d source.Decoder) []string {
	if w, ok := d.(whole); ok {
		return w.plan.columns
	}
	return d.(*decoder).plan.columns
}

// Numbers that could be a thousand times as large are asked about.
func TestGuessUnclearDecimal(t *testing.T) {
	f := func(samples, decimal string, unclear bool) {
		t.Helper()
		list := strings.Fields(samples)
		sign, doubt := guessDecimal(list)
		require.Equal(t, decimal, sign, samples)
		require.Equal(t, unclear, doubt, samples)
	}
	f("1.234 850 12.500", ",", true)
	f("1,234 850 12,500", ".", true)
	f("۱٬۲۳۴ ۸۵۰", ".", false)
	f("0.125 1.234", ".", false)
	f("0,125 1,234", ",", false)
	f("1.234 2.5", ".", false)
	f("1.234,50 2.500", ",", false)
	f("1,234 2.5", ".", false)
	f("12 850", ".", false)
	f("€1.234 -12.500", ",", true)
	f("one 2", "", false)
	require.Contains(t, draft(t, "Order;Datum;Iznos\n1;03.04.2026;1.234\n2;13.04.2026;850\n", "orders.csv"), `decimal: ","} # Thousands or decimals?`)
}

// What guess drafts can be read, and understands the file it was drafted from.
func TestGuess(t *testing.T) {
	f := func(data, name, fact string, columns string, want ...[]string) {
		t.Helper()
		text := draft(t, data, name)
		b := decode(t, zagreb, text, []byte(data))
		require.Equal(t, want, show(b, factByName(fact), words(columns), zagreb.Zone), text)
	}
	f("Call ID,Start Time,User,Phone Number,Duration,Disposition\n1,2026-03-02 09:15:00,Ana,+385911234567,61,no_answer\n2,2026-03-02 09:16:00,Ivan,+385911234568,0,SALE\n",
		"calls.csv", "calls", "id started agent phone talk outcome",
		[]string{"1", "2026-03-02 09:15:00", "Ana", "+385911234567", "61", "no_answer"}, []string{"2", "2026-03-02 09:16:00", "Ivan", "+385911234568", "0", "sale"})
	f("Datum;Prodavač;Telefon;Trajanje\n13.02.2026 09:15;Ana;091 123 4567;1:05\n", "pozivi.csv", "calls", "started agent phone talk outcome",
		[]string{"2026-02-13 09:15:00", "Ana", "+385911234567", "65", "answered"})
	f("شناسه,تاریخ,کارشناس,مدت\n۱,۱۴۰۵/۰۹/۰۱,مریم,۶۵\n", "fa.csv", "calls", "started agent talk", []string{"2026-11-22", "مریم", "65"})
	f("تاریخ,ساعت,كارشناس,نتیجه\n۱۴۰۵/۰۹/۰۱,۰۹:۳۰,مریم,پاسخ نداد\n", "fa.csv", "calls", "started agent outcome", []string{"2026-11-22 09:30:00", "مریم", "no_answer"})
	f("订单编号,日期,座席,金额\n1,2026/3/2,王芳,\"1,250.50\"\n", "zh.csv", "orders", "id placed agent amount", []string{"1", "2026-03-02", "王芳", "1250.5"})
	f("客户电话号码,拨打时间,坐席,外呼结果\n13800000000,2026/3/2 9:15,王芳,无人接听\n", "zh.csv", "calls", "started agent outcome", []string{"2026-03-02 09:15:00", "王芳", "no_answer"})
	f("id,data,etapă,vânzător\n1,02.03.2026,Câștigat,Ion\n2,03.03.2026,Ofertă,Ana\n3,03.03.2026,altceva,Ana\n", "ro.csv", "lead_stages", "reached stage agent lead",
		[]string{"2026-03-02", "won", "Ion", "1"}, []string{"2026-03-03", "qualified", "Ana", "2"}, []string{"2026-03-03", "new", "Ana", "3"})
	f(`{"id": 1, "дата": "2026-03-02T10:00:00+02:00", "оператор": "Олена", "тривалість": 12, "результат": "зайнято", "місто": "Львів"}`+"\n", "uk.jsonl", "calls", "started agent talk outcome",
		[]string{"2026-03-02 09:00:00", "Олена", "12", "busy"})
	f("hs_object_id,hs_timestamp,hs_call_duration,hs_call_disposition\n7,1772443800000,61500,f240bbac-87c9-4f6e-bf70-924b57d47db7\n", "hubspot.csv", "calls", "id talk outcome",
		[]string{"7", "61.5", "answered"})
	f("Id,ActivityDate,OwnerId,CallDurationInSeconds,CallDisposition,CallType\n7,2026-03-02,Ana,61,Left Voicemail,Outbound\n", "salesforce.csv", "calls", "id started agent talk outcome direction",
		[]string{"7", "2026-03-02", "Ana", "61", "machine", "outbound"})
	f("uniqueid,lead_id,campaign_id,call_date,length_in_sec,status,phone_number,user,user_group\n1.1,5,C,2026-03-02 09:00:00,0,NA,385911234567,VDAD,G\n1.2,6,C,2026-03-02 09:01:00,9,CALLBK,385911234568,ana,G\n",
		"vicidial_log.csv", "calls", "id lead campaign agent outcome", []string{"1.1", "5", "C", "", "no_answer"}, []string{"1.2", "6", "C", "ana", "callback"})
	f("Moment of dial;Salesman;Disposition;Notes;Amount;Cancelled on\n02.03.2026 09:15;Ana;Sale;x;1.250,00;\n02.03.2026 09:25;Ana;;y;;\n", "x.csv", "calls", "started agent outcome",
		[]string{"2026-03-02 09:15:00", "Ana", "sale"}, []string{"2026-03-02 09:25:00", "Ana", "unknown"})
	f("day,call,amount,agent,result\n2026-03-02,1,120.5,Ana,sold\n2026-03-02,2,,Ana,no\n", "sold.csv", "orders", "placed amount agent", []string{"2026-03-02", "120.5", "Ana"})

	_, err := Guess([]byte("a,b\n1,2\n"), "x.csv", zagreb, sayer(t, "en"))
	require.Equal(t, callpace.Invalid, callpace.CodeOf(err))
}

// An order that was taken back is not drafted as revenue.
func TestGuessSeesCancellations(t *testing.T) {
	f := func(header, rows, want string) {
		t.Helper()
		text := draft(t, "Order;Date;Amount;"+header+"\n"+strings.ReplaceAll(rows, " ", "\n")+"\n", "orders.csv")
		require.Contains(t, text, want)
		require.Contains(t, text, "key: Order")
	}
	f("Cancelled", "1;02.03.2026;1,5; 2;02.03.2026;1,5;13.03.2026", "    cancelled: {column: Cancelled, format: eu}\n")
	f("Cancelled", "1;02.03.2026;1,5; 2;13.03.2026;1,5;", "    cancelled: {column: Cancelled, format: eu} # Empty")
	f("Storno", "1;02.03.2026;1,5;da 2;13.03.2026;1,5;ne", `    cancelled: {expr: 'col("Storno") == "da" ? col("Date") : ""', format: eu}`)
	f("Status", "1;02.03.2026;1,5;paid 2;13.03.2026;1,5;Refunded 3;13.03.2026;1,5;VOID", `col("Status") in ["Refunded", "VOID"]`)
	f("Status", "1;02.03.2026;1,5;X1 2;13.03.2026;1,5;X2", "# “Status” counts for nothing so far.")
	f("Refund", "1;02.03.2026;1,5;0,5 2;13.03.2026;1,5;", "# “Refund” counts for nothing so far.")
	f("Storno;Status", "1;02.03.2026;1,5;13.03.2026;paid", "# “Status” counts for nothing so far.")
}

// A column is a key only where it tells the rows apart.
func TestGuessKey(t *testing.T) {
	f := func(header, rows, want string) {
		t.Helper()
		require.Contains(t, draft(t, header+";Date;Talk\n"+strings.ReplaceAll(rows, " ", "\n")+"\n", "calls.csv"), want)
	}
	f("call_id", "1;2026-03-02;5 2;2026-03-02;5", "\nkey: call_id\n")
	f("call_id", "1;2026-03-02;5 1;2026-03-03;5", "\nkey: [call_id, Date]\n")
	f("line;call_id", "a;1;2026-03-02;5 b;1;2026-03-02;5", "\nkey: [line, call_id, Date]\n")
	f("call_id", "1;2026-03-02;5 1;2026-03-02;6", "\n# “call_id” is called like a key, but rows share or lack it (“1”)")
	f("call_id", "1;2026-03-02;5 ;2026-03-02;6", "\n# “call_id” is called like a key")
	f("city", "1;2026-03-02;5", "\n# No column tells the rows apart")
	f("customer_id", "1;2026-03-02;5", "\n# No column tells the rows apart") // it is the lead
	f("order no.", "1;2026-03-02;5", "\nkey: order no.\n")
}

// Dispositions that anybody would understand are not left to the user.
func TestGuessOutcomes(t *testing.T) {
	f := func(want callpace.Outcome, texts ...string) {
		for _, s := range texts {
			require.Equal(t, string(want), vocab().meaning("outcome", s), s)
		}
	}
	f(callpace.Machine, "answering machine", "AM", "A", "AA", "voicemail", "Left Voicemail", "b2cf5968-551e-4856-9783-52b3da59a7d0", "sekretarica", "автовідповідач", "پیام‌گیر", "robot telefonic", "语音信箱")
	f(callpace.NoAnswer, "n/a", "N", "NA", "No Answer", "NO_ANSWER", "no-answer", "NoAnswer", "ne javlja se", "не відповідає", "پاسخ نداد", "nu raspunde", "无人接听", "no answer (3x)")
	f(callpace.Callback, "call back", "CALLBK", "Call Back Later", "nazvati ponovno", "передзвонити", "تماس مجدد", "de revenit", "预约回呼")
	f(callpace.DoNotCall, "DNC", "do not call", "ne zovi više", "не дзвонити", "تماس نگیرید", "lista neagră", "勿扰")
	f(callpace.NotInterested, "NI", "not interested", "Not interested (price)", "no sale", "nije zainteresiran", "не цікаво", "عدم تمایل", "nu este interesat", "不感兴趣")
	f(callpace.Busy, "B", "AB", "BUSY", "zauzeto", "зайнято", "مشغول", "ocupat", "忙线", "9d9162e7-6cf3-4944-bf63-4dff82258764")
	f(callpace.Answered, "XFER", "f240bbac-87c9-4f6e-bf70-924b57d47db7", "COMPLETED", "Connected")
	f(callpace.Sale, "SALE", "prodano", "продаж", "فروش", "vânzare", "成交")
	f(callpace.Dropped, "DROP", "PDROP")
	f("", "X1", "sale team", "", "interested?no", "price")
}

// Every outcome, stage and field that the tables name exists, and no word is given twice.
func TestVocabulary(t *testing.T) {
	v := vocab()
	stages, directions := factByName("lead_stages").find("stage").words, factByName("calls").find("direction").words
	for _, to := range v.values["outcome"] {
		_, ok := callpace.FlagsOf(callpace.Outcome(to))
		require.True(t, ok, to)
	}
	for _, o := range callpace.Outcomes() {
		require.Equal(t, string(o), v.meaning("outcome", string(o)))
	}
	for _, to := range v.values["stage"] {
		require.Contains(t, stages, to)
	}
	for _, s := range stages {
		require.Equal(t, s, v.meaning("stage", s))
	}
	for _, to := range v.values["direction"] {
		require.Contains(t, directions, to)
	}
	each(valuesYAML, func(section string, to any) {
		given := map[string]string{}
		for _, item := range to.(yaml.MapSlice) {
			for _, w := range item.Value.([]any) {
				word := foldWords(w.(string))
				before, ok := given[word]
				require.True(t, !ok || before == item.Key, "%s: %s is %s and %s", section, word, before, item.Key)
				given[word] = item.Key.(string)
			}
		}
	})
	own := words("clock closed cancelled alias status amount numbered personal key") // no field of that name
	for _, h := range v.headers {
		isField := slices.ContainsFunc(factDefs, func(d *factDef) bool { return d.find(h.field) != nil })
		require.True(t, isField || has(own, h.field), h.field)
	}
}

// The pipeline and the roster of the shared data, as their examples map them by hand.
func TestGuessOfCRM(t *testing.T) {
	data := string(read(t, shared(t, "crm", "sales_pipeline.csv")))
	got, want := decode(t, zagreb, draft(t, data, "sales_pipeline.csv"), []byte(data)), decode(t, zagreb, exampleText(t, "crm.yaml"), []byte(data))
	for fact, columns := range map[string]string{"leads": "id lead agent product created", "lead_stages": "id lead agent stage reached", "orders": "id lead agent product placed amount customer"} {
		require.Equal(t, show(want, factByName(fact), words(columns), zagreb.Zone), show(got, factByName(fact), words(columns), zagreb.Zone), fact)
	}

	data = string(read(t, shared(t, "crm", "sales_teams.csv")))
	got, want = decode(t, zagreb, draft(t, data, "sales_teams.csv"), []byte(data)), decode(t, zagreb, exampleText(t, "crm-teams.yaml"), []byte(data))
	require.Equal(t, show(want, factByName("roster"), words("id agent team"), zagreb.Zone), show(got, factByName("roster"), words("id agent team"), zagreb.Zone))
	require.Equal(t, "Central", show(got, factByName("roster"), words("attr.regional_office"), zagreb.Zone)[0][0])
}

// The number of a bank's call starts anew in each line.
func TestGuessOfBank(t *testing.T) {
	data := string(read(t, shared(t, "anonymous-bank", "january.txt")))
	text := strings.Replace(draft(t, data, "january.txt"), "zone: "+zagreb.Zone, "zone: Asia/Jerusalem", 1)
	require.Contains(t, text, "\nkey: ['vru+line', call_id, date]\n")
	got, want := decode(t, zagreb, text, []byte(data)), decode(t, zagreb, exampleText(t, "anonymous-bank.yaml"), []byte(data))
	require.Len(t, got.Records, len(want.Records)+240) // PHANTOM is for the user to skip
	columns := words("outcome id queue agent wait talk direction started")
	calls := slices.DeleteFunc(show(got, factByName("calls"), columns, "Asia/Jerusalem"), func(row []string) bool { return row[0] == "unknown" })
	require.True(t, slices.EqualFunc(show(want, factByName("calls"), columns, "Asia/Jerusalem"), calls, slices.Equal))
}

// Every table of the shared data and of the tour is either understood or refused in words.
func TestGuessOfFiles(t *testing.T) {
	var files []string
	for _, pattern := range []string{"/examples/tour/*.csv", "/../shared/data/anonymous-bank/*.txt", "/../shared/data/crm/*.csv", "/../shared/data/uci-bank/*.csv", "/../shared/data/asterisk/*.csv", "/../shared/data/asterisk/cdr/*.csv"} {
		got, err := filepath.Glob(root + pattern)
		require.NoError(t, err)
		files = append(files, got...)
	}
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, name := string(read(t, file)), filepath.Base(file)
			if _, err := Guess([]byte(data)[:min(len(data), source.HeadSize)], name, zagreb, sayer(t, "en")); err != nil {
				require.Equal(t, callpace.Invalid, callpace.CodeOf(err))
				require.True(t, has(words("accounts.csv products.csv broken-quote.csv"), name) || filepath.Base(filepath.Dir(file)) == "cdr", "no draft for "+name)
				return
			}
			draft(t, data, name)
		})
	}
}

// The drafts of the tour are its mappings, as far as a header can tell.
func TestGuessOfTheTour(t *testing.T) {
	for file, fact := range map[string]string{"calls": "calls", "orders": "orders", "roster": "roster"} {
		data := read(t, root+"/examples/tour/"+file+".csv")
		by, err := os.ReadFile(root + "/examples/tour/" + file + ".yaml")
		require.NoError(t, err)
		columns := map[string]string{"calls": "id started direction agent phone campaign outcome ring talk", "orders": "id placed cancelled amount phone product", "roster": "id agent alias team from"}[file]
		got, want := decode(t, zagreb, draft(t, string(data), file+".csv"), data), decode(t, zagreb, string(by), data)
		require.Equal(t, show(want, factByName(fact), words(columns), zagreb.Zone), show(got, factByName(fact), words(columns), zagreb.Zone), file)
	}
}

// Comments are in the user's language, and the draft stays the same mapping.
func TestGuessSpeaksEveryLanguage(t *testing.T) {
	data := "Order;Date;Amount;Refund;Note\n1;2.3.2026;1,5;1;a\n1;2.3.2026;1,5;;b\n"
	seen := map[string]bool{}
	for _, lang := range words("en hr uk fa ro zh") {
		text, err := Guess([]byte(data), "x.csv", zagreb, sayer(t, lang))
		require.NoError(t, err)
		require.Len(t, decode(t, zagreb, text, []byte(data)).Records, 2)
		require.False(t, seen[text])
		seen[text] = true
	}
}

// Whatever the file, the draft is a mapping.
func FuzzGuess(f *testing.F) {
	f.Add("id,date,talk\n1,2026-03-02,5\n", "x.csv", "HR")
	f.Add("Order;Date;Amount;Status\n1;2.3.2026;1,5;refunded\n", "x.csv", "UA")
	f.Add("{\"id\":\"#\",\"date\":\"2026-03-02\",\"result\":\"a: b # c\"}\n", "x.jsonl", "")
	f.Add("agent\tteam\n'\t\"\n", "x.tsv", "")
	f.Add("\"a\nb\",date,result\n1,2026-03-02,\"x\ny\"\n", "x.csv", "")
	f.Fuzz(func(t *testing.T, data, name, country string) {
		settings := zagreb
		settings.Country = country
		text, err := Guess([]byte(data), name, settings, func(key string, _ map[string]any) string { return key })
		if err != nil {
			return
		}
		_, err = Parse(text)
		require.NoError(t, err, text)
	})
}

// How often somebody was called in a campaign is not the campaign's name; a
// name that is a number of some digits may be.
func TestGuessTakesNoCountForACampaign(t *testing.T) {
	head := "id;date;phone;duration;campaign;y\n"
	counts := head + "1;2026-05-05 09:00:00;0911111111;261;1;no\n2;2026-05-05 09:01:00;0911111112;26;3;no\n3;2026-05-05 09:02:00;0911111113;61;12;yes\n"
	require.NotContains(t, draft(t, counts, "x.csv"), "    campaign:")
	require.Contains(t, draft(t, strings.NewReplacer(";1;no", ";1001;no", ";3;no", ";1002;no", ";12;yes", ";1001;yes").Replace(counts), "x.csv"), "    campaign: campaign")
	bank := string(read(t, shared(t, "uci-bank", "calls.csv")))
	require.NotContains(t, draft(t, bank[:strings.LastIndex(bank[:source.HeadSize], "\n")+1], "calls.csv"), "    campaign:")
}
