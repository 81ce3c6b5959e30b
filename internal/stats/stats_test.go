package stats_test

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/stats"
)

func TestWilsonPublished(t *testing.T) {
	f, err := os.Open("../../../shared/data/expected/wilson-95.csv")
	if err != nil {
		t.Skip("../shared is not here: the published Wilson intervals are not compared")
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Greater(t, len(rows), 10)
	for _, r := range rows[1:] {
		x, n, conf, low, high := num(t, r[0]), num(t, r[1]), num(t, r[2]), num(t, r[3]), num(t, r[4])
		i, ok := stats.Wilson(stats.Proportion{X: x, N: n}, conf)
		require.True(t, ok)
		require.InDelta(t, low, i.Low, 1e-9, r)
		require.InDelta(t, high, i.High, 1e-9, r)
	}
}

func TestWilsonUndefined(t *testing.T) {
	f := func(x, n, conf float64) {
		t.Helper()
		_, ok := stats.Wilson(stats.Proportion{X: x, N: n}, conf)
		require.False(t, ok)
	}
	f(0, 0, .95)
	f(1, 0, .95)
	f(3, 2, .95)
	f(-1, 2, .95)
	f(1, 2, 0)
	f(1, 2, 1)
	f(math.NaN(), 2, .95)
	f(1, math.Inf(1), .95)
}

// Newcombe, Statistics in Medicine 17 (1998), table II, method 10.
func TestNewcombePublished(t *testing.T) {
	f := func(x, n, y, m, low, high float64) {
		t.Helper()
		c, ok := stats.ProportionChange(stats.Proportion{X: x, N: n}, stats.Proportion{X: y, N: m})
		require.True(t, ok)
		require.InDelta(t, x/n-y/m, c.Diff, 1e-12)
		require.InDelta(t, low, c.Low, 5e-5)
		require.InDelta(t, high, c.High, 5e-5)
		require.Equal(t, low > 0 || high < 0, c.MoreThanChance())
	}
	f(56, 70, 48, 80, 0.0524, 0.3339)
	f(9, 10, 3, 10, 0.1705, 0.8090)
	f(6, 7, 2, 7, 0.0582, 0.8062)
	f(5, 56, 0, 29, -0.0381, 0.1926)
	f(0, 10, 0, 20, -0.1611, 0.2775)
	f(0, 10, 0, 10, -0.2775, 0.2775)
	f(10, 10, 0, 20, 0.6791, 1.0000)
	f(10, 10, 0, 10, 0.6075, 1.0000)
}

// Student's sleep data as R's t.test prints it.
var (
	sleep1 = []float64{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0}
	sleep2 = []float64{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}
)

func TestMeanPublished(t *testing.T) {
	days := make([]stats.Cluster, 10)
	for i := range days {
		days[i] = stats.Cluster{Num: sleep2[i] - sleep1[i], Den: 1}
	}
	e, ok := stats.Ratio(days)
	require.True(t, ok)
	i, ok := e.Interval(0.95)
	require.True(t, ok)
	require.InDelta(t, 1.58, e.Value, 1e-12)
	require.InDelta(t, 0.7001142, i.Low, 1e-6)
	require.InDelta(t, 2.4598858, i.High, 1e-6)
}

func TestDifferencePublished(t *testing.T) {
	a, _ := stats.Ratio(each(sleep1))
	b, _ := stats.Ratio(each(sleep2))
	c, ok := stats.Difference(a, b)
	require.True(t, ok)
	require.InDelta(t, -1.58, c.Diff, 1e-12)
	require.InDelta(t, -3.3654832, c.Low, 1e-6)
	require.InDelta(t, 0.2054832, c.High, 1e-6)
	require.InDelta(t, 0.07939414, c.P, 1e-6)
	require.False(t, c.MoreThanChance())
}

// Three days of 1 of 10, 2 of 10, 6 of 20: R = 9/40, residuals −1.25, −0.25, 1.5,
// variance 3/2 · 3.875 / 1600.
func TestRatioByHand(t *testing.T) {
	e, ok := stats.Ratio([]stats.Cluster{{1, 10}, {2, 10}, {6, 20}})
	require.True(t, ok)
	require.InDelta(t, 0.225, e.Value, 1e-12)
	require.InDelta(t, math.Sqrt(1.5*3.875/1600), e.SE, 1e-12)
	require.Equal(t, 2.0, e.DF)
}

func TestNoTelling(t *testing.T) {
	_, ok := stats.Ratio(nil)
	require.False(t, ok)
	_, ok = stats.Ratio([]stats.Cluster{{1, 0}, {2, 0}})
	require.False(t, ok, "a denominator of 0 is no data")
	e, ok := stats.Ratio([]stats.Cluster{{1, 4}})
	require.True(t, ok)
	require.Equal(t, 0.25, e.Value)
	_, ok = e.Interval(.95)
	require.False(t, ok, "one day says nothing about days")
	none, ok := stats.Ratio([]stats.Cluster{{0, 4}, {0, 9}})
	require.True(t, ok)
	_, ok = none.Interval(.95)
	require.False(t, ok, "no sale on any day is no certainty")
	_, ok = stats.Difference(none, none)
	require.False(t, ok)
	_, ok = stats.Total([]float64{0, 0})
	require.False(t, ok)
}

func TestTotal(t *testing.T) {
	f := func(days []float64, value, variance float64) {
		t.Helper()
		e, ok := stats.Total(days)
		require.True(t, ok)
		require.InDelta(t, value, e.Value, 1e-9)
		require.InDelta(t, variance, e.SE*e.SE, 1e-9)
	}
	f([]float64{9}, 9, 9)
	f([]float64{5, 5, 5}, 15, 15)           // steadier than Poisson is not believed
	f([]float64{0, 30}, 30, 900)            // 2 · 450 / 1
	f([]float64{10, 20, 30}, 60, 3*200.0/2) // k · Σ(x−15)² / (k−1)
	two := []float64{40, 40, 40, 40, 40, 0, 0, 50, 50, 50, 50, 50, 0, 0}
	f(two, 450, 14*(5*50.0)/7) // weekdays 5 apart from their mean twice; weekends no news
}

// Benjamini and Hochberg (1995), the 15 P of their thrombolysis example: 4 hold at 5 %.
func TestBenjaminiHochbergPublished(t *testing.T) {
	p := []float64{.6528, .0001, .7590, .0459, .0004, .0344, .0019, .3240, .0095, .4262, .0201, .5719, .0278, 1, .0298}
	marks := stats.BenjaminiHochberg(p, 0.05)
	for i, m := range marks {
		require.Equal(t, p[i] <= .0095, m, p[i])
	}
	require.Empty(t, stats.BenjaminiHochberg(nil, 0.05))
}

// 40 agents × 12 KPIs without any difference: about 24 are flagged one by one, next to none together.
func TestFalseFlags(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const rounds = 400
	single, together := 0, 0
	for range rounds {
		p := make([]float64, 40*12)
		for i := range p {
			if p[i] = r.Float64(); p[i] < stats.Significance {
				single++
			}
		}
		for _, m := range stats.BenjaminiHochberg(p, stats.FalseDiscovery) {
			if m {
				together++
				break // with nothing to find, any flag makes the round's share of false ones 1
			}
		}
	}
	require.InDelta(t, 24, float64(single)/rounds, 1)
	require.InDelta(t, stats.FalseDiscovery, float64(together)/rounds, 0.05)
}

func TestShrinkRatesByHand(t *testing.T) {
	// p = ½; S = 100·(0.3²)·2 = 18; ρ = (18/¼ − 1)/(200 − 100 − 1) = 71/99; weight = 100ρ/(99ρ + 1)
	out, ok := stats.ShrinkRates([]stats.Proportion{{20, 100}, {80, 100}, {0, 0}})
	require.True(t, ok)
	w := 100 * 71.0 / 99 / 72
	require.InDelta(t, w, out[0].Weight, 1e-12)
	require.InDelta(t, 0.5-0.3*w, out[0].Value, 1e-12)
	require.InDelta(t, 0.5+0.3*w, out[1].Value, 1e-12)
	require.Equal(t, stats.Shrunk{Value: 0.5}, out[2])
}

// kpis.md: 2 sales from 10 calls don't top 100 from 1,000.
func TestShrunkRanking(t *testing.T) {
	peers := []stats.Proportion{{2, 10}, {100, 1000}, {50, 1000}, {45, 900}, {33, 1100}, {64, 950}, {38, 1010}}
	out, ok := stats.ShrinkRates(peers)
	require.True(t, ok)
	require.Greater(t, out[1].Value, out[0].Value)
	for _, o := range out[2:] {
		require.Greater(t, out[1].Value, o.Value)
	}
}

// Efron and Morris (1975): 45 at-bats of 18 players and their averages over the
// rest of the season. The raw figures miss them by a sum of squares of 0.077,
// theirs by 0.022.
func TestShrinkBaseball(t *testing.T) {
	hits := []float64{18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7}
	rest := []float64{.346, .298, .276, .222, .273, .270, .263, .210, .269, .230, .264, .256, .303, .264, .226, .286, .316, .200}
	peers := make([]stats.Proportion, len(hits))
	for i, h := range hits {
		peers[i] = stats.Proportion{X: h, N: 45}
	}
	out, ok := stats.ShrinkRates(peers)
	require.True(t, ok)
	var raw, shrunk float64
	for i := range peers {
		raw += math.Pow(hits[i]/45-rest[i], 2)
		shrunk += math.Pow(out[i].Value-rest[i], 2)
	}
	require.InDelta(t, 0.077, raw, 0.002)
	require.InDelta(t, 0.022, shrunk, 0.002)
}

func TestShrinkCountsByHand(t *testing.T) {
	// m = 20, S = 200, τ² = (200 − 20·2)/(3 − 1) = 80, weight = 80/(80 + 20)
	out, ok := stats.ShrinkCounts([]stats.Count{{10, 1}, {20, 1}, {30, 1}})
	require.True(t, ok)
	require.Equal(t, []stats.Shrunk{{12, .8}, {20, .8}, {28, .8}}, out)
	out, ok = stats.ShrinkCounts([]stats.Count{{0, 10}, {0, 5}})
	require.True(t, ok)
	require.Equal(t, []stats.Shrunk{{}, {}}, out)
	_, ok = stats.ShrinkCounts([]stats.Count{{3, 0}})
	require.False(t, ok)
}

// Rubin's eight schools: no more spread than chance, all get 7.686 (Gelman et al., Bayesian Data Analysis, 5.5).
func TestShrinkEightSchools(t *testing.T) {
	y := []float64{28, 8, -3, 7, -1, 1, 18, 12}
	se := []float64{15, 10, 16, 11, 9, 11, 10, 18}
	peers := make([]stats.Estimate, 8)
	for i := range peers {
		peers[i] = stats.Estimate{Value: y[i], SE: se[i]}
	}
	out, ok := stats.ShrinkMeans(peers)
	require.True(t, ok)
	for _, o := range out {
		require.InDelta(t, 7.686, o.Value, 5e-4)
		require.Zero(t, o.Weight)
	}
}

// The BCG vaccine trials (Colditz et al. 1994) as R's metafor analyses them by
// DerSimonian and Laird: τ² = 0.3088, common log risk ratio −0.7141.
func TestShrinkMeansPublished(t *testing.T) {
	trials := [][4]float64{{4, 119, 11, 128}, {6, 300, 29, 274}, {3, 228, 11, 209}, {62, 13536, 248, 12619},
		{33, 5036, 47, 5761}, {180, 1361, 372, 1079}, {8, 2537, 10, 619}, {505, 87886, 499, 87892}, {29, 7470, 45, 7232},
		{17, 1699, 65, 1600}, {186, 50448, 141, 27197}, {5, 2493, 3, 2338}, {27, 16886, 29, 17825}}
	peers := make([]stats.Estimate, len(trials), len(trials)+1)
	for i, r := range trials {
		n, m := r[0]+r[1], r[2]+r[3]
		peers[i] = stats.Estimate{Value: math.Log(r[0] / n / (r[2] / m)), SE: math.Sqrt(1/r[0] - 1/n + 1/r[2] - 1/m)}
	}
	out, ok := stats.ShrinkMeans(append(peers, stats.Estimate{Value: 99}))
	require.True(t, ok)
	require.InDelta(t, -0.7141, out[len(trials)].Value, 5e-5, "a peer without an error gets the common mean")
	for i, p := range peers {
		require.InDelta(t, 0.3088/(0.3088+p.SE*p.SE), out[i].Weight, 1e-4)
	}
	_, ok = stats.ShrinkMeans([]stats.Estimate{{Value: 3}})
	require.False(t, ok)
}

func TestShrunkLiesBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		peers := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) stats.Proportion {
			n := rapid.IntRange(0, 2000).Draw(t, "n")
			return stats.Proportion{X: float64(rapid.IntRange(0, n).Draw(t, "x")), N: float64(n)}
		}), 1, 20).Draw(t, "peers")
		out, ok := stats.ShrinkRates(peers)
		var x, n float64
		for _, p := range peers {
			x, n = x+p.X, n+p.N
		}
		require.Equal(t, n > 0, ok)
		for i, o := range out {
			own, has := peers[i].Value()
			if !has {
				own = x / n
			}
			require.GreaterOrEqual(t, o.Value, math.Min(own, x/n)-1e-12)
			require.LessOrEqual(t, o.Value, math.Max(own, x/n)+1e-12)
			require.True(t, o.Weight >= 0 && o.Weight <= 1)
		}
	})
}

// The interval and the verdict never disagree.
func TestVerdictIsInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := func(name string) stats.Proportion {
			n := rapid.IntRange(1, 500).Draw(t, name+" n")
			return stats.Proportion{X: float64(rapid.IntRange(0, n).Draw(t, name)), N: float64(n)}
		}
		c, ok := stats.ProportionChange(p("now"), p("before"))
		require.True(t, ok)
		if math.Min(math.Abs(c.Low), math.Abs(c.High)) > 1e-9 {
			require.Equal(t, c.Low > 0 || c.High < 0, c.MoreThanChance())
		}
		require.True(t, c.P >= 0 && c.P <= 1)
	})
}

func TestEvenness(t *testing.T) {
	f := func(hist map[int64]int64, gini, even float64) {
		t.Helper()
		g, ok := stats.Gini(hist)
		require.True(t, ok)
		require.InDelta(t, gini, g, 1e-12)
		e, ok := stats.Evenness(hist)
		require.True(t, ok)
		require.InDelta(t, even, e, 1e-12)
	}
	f(map[int64]int64{3: 10}, 0, 1)        // all alike
	f(map[int64]int64{0: 9, 5: 1}, 0.9, 0) // one has all
	f(map[int64]int64{1: 1, 2: 1, 3: 1, 4: 1}, 0.25, 1-0.25*4/3)
	f(map[int64]int64{0: 2, 1: 2, 7: 0}, 0.5, 1-0.5*4/3)

	no := func(hist map[int64]int64) {
		t.Helper()
		_, ok := stats.Evenness(hist)
		require.False(t, ok)
		_, ok = stats.RandomEvenness(hist)
		require.False(t, ok)
	}
	no(nil)
	no(map[int64]int64{0: 5})
	no(map[int64]int64{4: 1})
}

func TestRandomEvenness(t *testing.T) {
	f := func(hist map[int64]int64, want, within float64) {
		t.Helper()
		got, ok := stats.RandomEvenness(hist)
		require.True(t, ok)
		require.InDelta(t, want, got, within)
	}
	f(map[int64]int64{1: 2}, 0.5, 1e-12)         // 2 calls, 2 leads: apart by 2 or by 0
	f(map[int64]int64{0: 1, 1: 2}, 1.0/3, 1e-12) // 2 calls, 3 leads: same lead ⅓ (evenness 0), else ½
	// e^−2·(I₀(2) + I₁(2)) = 0.1353353·(2.2795853 + 1.5906369)
	f(map[int64]int64{1: 1_000_000}, 1-0.5237772, 1e-6)
	f(map[int64]int64{1000: 1_000_000}, 1-1/math.Sqrt(math.Pi*1000), 1e-4) // normal limit
}

// Dialling at random comes out as said.
func TestRandomEvennessSimulated(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const leads, calls, rounds = 30, 70, 4000
	var sum float64
	for range rounds {
		got := make([]int64, leads)
		for range calls {
			got[r.IntN(leads)]++
		}
		hist := map[int64]int64{}
		for _, n := range got {
			hist[n]++
		}
		e, ok := stats.Evenness(hist)
		require.True(t, ok)
		sum += e
	}
	want, _ := stats.RandomEvenness(map[int64]int64{2: 20, 3: 10})
	require.InDelta(t, want, sum/rounds, 0.005)
}

func each(values []float64) []stats.Cluster {
	out := make([]stats.Cluster, len(values))
	for i, v := range values {
		out[i] = stats.Cluster{Num: v, Den: 1}
	}
	return out
}

func num(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	require.NoError(t, err)
	return v
}
