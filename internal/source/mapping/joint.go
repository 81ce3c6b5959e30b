package mapping

import (
	"math/big"
	"sort"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/source"
)

// agentShare is one agent's part of a joint sale, first as the source weighs it.
type agentShare struct {
	agent  string
	weight callpace.Amount
}

// maxAgents bounds the agents of one order.
const maxAgents = 100

// joint reads the agents of a joint sale with their weights; without any, all
// have the same. The parts come to exactly 1.
func (s *state) joint(f *field, c *cell) *callpace.Message {
	var list []agentShare
	text := ""
	if f.value.split {
		t, bad := s.text(f)
		if bad != nil {
			return bad
		}
		text = t
		for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '|' }) {
			agent, weight, weighed := strings.Cut(part, ":")
			list = append(list, agentShare{source.ASCIIDigits(strings.TrimSpace(agent)), f.weight(weight, weighed)})
		}
	}
	for _, x := range f.shares {
		if x[0] < 0 || s.row[x[0]] == "" {
			continue
		}
		weight := ""
		if x[1] >= 0 {
			weight = s.row[x[1]]
		}
		text += s.row[x[0]] + ":" + weight + ";"
		list = append(list, agentShare{source.ASCIIDigits(s.row[x[0]]), f.weight(weight, x[1] >= 0)})
	}
	if len(list) == 0 {
		return nil
	}
	for _, x := range list {
		if x.agent == "" || x.weight <= 0 || len(list) > maxAgents {
			return f.reject("mapping.reject.shares", text)
		}
	}
	shares := toOne(list)
	s.shares[f.id/2] = shares
	c.set, c.text = true, shares[0].agent
	return nil
}

// weight reads one weight: 60, 60 % or 0.6; -1 for none that makes sense.
func (f *field) weight(text string, weighed bool) callpace.Amount {
	if !weighed {
		return callpace.One
	}
	a, ok := callpace.ParseAmount(plainNumber(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "%")), f.value.formats.decimal))
	if !ok {
		return -1
	}
	return a
}

// toOne scales weights to shares that add up to exactly 1: rounded down, the
// rest to those that lost most, the earlier first.
func toOne(list []agentShare) []agentShare {
	sum := new(big.Int)
	for _, x := range list {
		sum.Add(sum, big.NewInt(int64(x.weight)))
	}
	out := make([]agentShare, len(list))
	lost, order, left := make([]*big.Int, len(list)), make([]int, len(list)), int64(callpace.One)
	for i, x := range list {
		q, r := new(big.Int).QuoRem(new(big.Int).Mul(big.NewInt(int64(x.weight)), big.NewInt(int64(callpace.One))), sum, new(big.Int))
		out[i] = agentShare{x.agent, callpace.Amount(q.Int64())}
		lost[i], order[i] = r, i
		left -= q.Int64()
	}
	sort.SliceStable(order, func(a, b int) bool { return lost[order[a]].Cmp(lost[order[b]]) > 0 })
	for i := range left {
		out[order[i]].weight++
	}
	return out
}

// orders writes one row for each agent that a sale is credited to.
func (s *state) orders(e *bound, id string) {
	share, agent := e.def.table.Col("share"), e.def.table.Col("agent_alias")
	if i, ok := e.at["agent"]; !ok || !s.cells[i].set || !s.isJoint(e) {
		rows, row := s.add(e, id)
		rows.SetInt(row, share, int64(callpace.One))
		return
	}
	for _, x := range s.shares[e.fields[e.at["agent"]-e.base].id/2] {
		rows, row := s.add(e, id)
		rows.SetText(row, agent, x.agent)
		rows.SetInt(row, share, int64(x.weight))
	}
}

func (s *state) isJoint(e *bound) bool {
	f := e.fields[e.at["agent"]-e.base]
	return f.value.split || f.shares != nil
}
