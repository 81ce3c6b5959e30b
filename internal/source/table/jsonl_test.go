package table

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestJSONL(t *testing.T) {
	f := func(data string, want ...string) {
		t.Helper()
		require.Equal(t, append([]string{""}, want...), readAll(t, Layout{Kind: JSONL}, data))
	}
	f(`{"id":1,"name":"Ana"}`+"\n"+`{"name":"Ivo"}`, "1: id=1|name=Ana", "2: name=Ivo")
	f("\xef\xbb\xbf"+`{"id":1}`+"\r\n\r\n"+` { "id" : 2 } `+"\r\n", "1: id=1", "3: id=2")
	f(`{"n":12345678901234567890.10,"t":true,"z":null,"e":""}`, "1: n=12345678901234567890.10|t=true|z=|e=")
	f(`{"call":{"to":"+385","leg":{"s":3}},"x":{}}`, "1: call.to=+385|call.leg.s=3")
	f(`{"a":["x", 1, null, true],"b":[],"c":[[1]],"d":[{"k":"] }"}, 2]}`, `1: a=x 1 true|b=|c=[[1]]|d=[{"k":"] }"}, 2]`)
	f(`{"a":"\u010d \"q\" \\ \n","\u0062":1}`, "1: a=č \"q\" \\ \n|b=1")
	f(`{"a":1`+"\n"+`[1]`+"\n"+`"x"`+"\n"+`{"a":1}`, "1: not_json", "2: not_an_object", "3: not_an_object", "4: a=1")
	f(`{"a":1,"a":2}`, "1: name_twice name=a")
	f(`{"a.b":1,"a":{"b":2}}`, "1: name_twice name=a.b")
	f(`{"a":"\u0000"}`, "1: nul_byte")
	f("{\"a\":1}\n{\"a\":\"\xff\"}\n{\"a\":3}", "1: a=1", "2: invalid_encoding encoding=utf-8", "3: a=3") // JSON is UTF-8
	f(strings.Repeat(`{"a":`, 65)+"1"+strings.Repeat("}", 65), "1: nested_too_deep limit=64")
	f("")
}
