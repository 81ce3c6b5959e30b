package fold

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestText(t *testing.T) {
	same := func(a, b string) {
		t.Helper()
		require.Equal(t, Text(a), Text(b), "%q and %q", a, b)
	}
	differ := func(a, b string) {
		t.Helper()
		require.NotEqual(t, Text(a), Text(b), "%q and %q", a, b)
	}
	same("علي", "علی")
	same("كاوه", "کاوه")
	same("می‌خواهم", "میخواهم") // half-space
	same("۰۹۱۲", "0912")
	same("٠٩١٢", "0912")
	same("０９１２", "0912")
	same("Ștefan", "Ştefan")
	same("Ștefan", "stefan")
	same("ȚARĂ", "ţara")
	same("Đurđa Žižić", "djurdja"[:1]+"urda zizic")
	same("КИЇВ", "київ")
	same("  Ana \t Anić ", "ana anic")
	same("مُحَمَّد", "محمد")
	same("ＡＢＣ", "abc")
	differ("Андрій", "Андрии") // й is a letter of its own
	differ("Ana", "Ane")
	differ("علی", "علا")
}

func TestHas(t *testing.T) {
	require.True(t, Has("Ștefan Popescu", "stef"))
	require.True(t, Has("کاظمی", "كاظمي"))
	require.True(t, Has("anything", ""))
	require.False(t, Has("Ana", "Boris"))
}

// What is folded stays as it is.
func TestTwiceIsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Text(rapid.String().Draw(t, "s"))
		require.Equal(t, s, Text(s))
	})
}
