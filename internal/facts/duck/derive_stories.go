package duck

import (
	"context"
	"fmt"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
)

// deriveStories tells the stories of the leads in scope anew; old is the
// condition for their stories so far.
//
// Won is the first of a won stage, an order not cancelled and a sale call.
// Lost is the first lost stage or lost call after the last of those; it
// decides the stage, so that a lead is never won and lost at once in a rate.
func (s *Store) deriveStories(ctx context.Context, scope, old, calls string) error {
	query := strings.NewReplacer(append(broughtBy(), "$scope", scope, "$calls", calls, "$touches", touches(scope, calls), "$invalid", invalidOutcomes())...).Replace(tellStories)
	if err := s.touchRows(ctx, facts.LeadStory, old, s.few); err != nil {
		return err
	}
	if err := s.exec(ctx, "DELETE FROM lead_story WHERE "+old); err != nil {
		return err
	}
	if err := s.touchStories(ctx, scope, calls); err != nil {
		return err
	}
	if s.few {
		return s.touchReturned(ctx, facts.LeadStory, query)
	}
	return s.exec(ctx, query)
}

// broughtBy are the parts of the query that tell who brought a lead to what:
// who made that call or is named with that stage, whichever was first, with
// the team of that day.
func broughtBy() (pairs []string) {
	var columns, joins strings.Builder
	for _, b := range []struct{ to, moment string }{
		{"reached", "first_reached"}, {"contacted", "first_contact"}, {"qualified", "qualified"}, {"appointment", "appointment"},
	} {
		fill := strings.NewReplacer("$to", b.to, "$m", b.moment)
		// A stage that came before our calls is the source's, which may not say whose.
		pairs = append(pairs, "$"+b.moment+"_by", fill.Replace(`CASE WHEN earlier(t.$m, s.$to) IS NOT DISTINCT FROM t.$m
			THEN coalesce(t.$to_by, s.$to_by, whose) ELSE coalesce(s.$to_by, t.$to_by, whose) END`))
		fmt.Fprintln(&columns, fill.Replace(`CASE WHEN $m.day_ IS NOT NULL THEN $to_by END AS $to_by,
	CASE WHEN $m.day_ IS NULL THEN NULL WHEN $to_by IS NULL THEN record_team ELSE $to_span.team END AS $to_team,`))
		fmt.Fprintln(&joins, fill.Replace(`LEFT JOIN team_spans $to_span ON $to_span.agent = $to_by AND $m.day_ >= $to_span.from_day AND $m.day_ < $to_span.to_day`))
	}
	return append(pairs, "$brought_by", columns.String(), "$brought_in", joins.String())
}

func invalidOutcomes() string {
	var quoted []string
	for _, o := range callpace.Outcomes() {
		if flags, _ := callpace.FlagsOf(o); flags.Invalid {
			quoted = append(quoted, quote(string(o)))
		}
	}
	return fmt.Sprintf("(%s)", strings.Join(quoted, ", "))
}

const tellStories = `
INSERT INTO lead_story BY NAME
WITH record AS (
	SELECT DISTINCT ON (lead) * FROM leads WHERE $scope ORDER BY lead, created_at NULLS LAST, source, source_id, origin
), counted AS (
	SELECT lead,
		count(*) AS calls, count(*) FILTER (direction = 'outbound') AS outbound,
		count(*) FILTER (reached) AS reached, count(*) FILTER (contacted) AS contacted,
		min(stamp) AS first_call,
		min(stamp) FILTER (kind = 'cold' AND direction = 'outbound') AS first_cold_call,
		min(stamp) FILTER (reached) AS first_reached,
		min(stamp) FILTER (contacted) AS first_contact,
		min(stamp) FILTER (outcome = 'qualified') AS qualified,
		min(stamp) FILTER (outcome = 'appointment') AS appointment,
		arg_min(agent, stamp) FILTER (reached) AS reached_by,
		arg_min(agent, stamp) FILTER (contacted) AS contacted_by,
		arg_min(agent, stamp) FILTER (outcome = 'qualified') AS qualified_by,
		arg_min(agent, stamp) FILTER (outcome = 'appointment') AS appointment_by,
		arg_min(outcome, place) FILTER (reached) AS first_outcome,
		arg_max(agent, place) FILTER (reached AND agent IS NOT NULL) AS last_agent,
		arg_min(campaign, place) FILTER (campaign IS NOT NULL) AS campaign,
		arg_min(product, place) FILTER (product IS NOT NULL) AS product,
		arg_min(list, place) FILTER (list IS NOT NULL) AS list,
		arg_min(source, place) AS source,
		max(started_at) AS last_call_at,
		bool_or(coalesce(outcome IN $invalid, false)) AS wrong, bool_or(coalesce(outcome = 'do_not_call', false)) AS do_not_call
	FROM (SELECT *, place(started_at, origin, source_id) AS place, stamp(started_at, started_day, started_hour, origin, source_id) AS stamp FROM $calls)
	GROUP BY lead
), tried AS (
	SELECT * REPLACE (stamped(first_call) AS first_call, stamped(first_cold_call) AS first_cold_call, stamped(first_reached) AS first_reached,
			stamped(first_contact) AS first_contact, stamped(qualified) AS qualified, stamped(appointment) AS appointment),
		qualified IS NOT NULL AS was_qualified, appointment IS NOT NULL AS had_appointment FROM counted
), staged AS (
	SELECT lead,
		arg_min(m, place) FILTER (stage = 'contacted') AS contacted,
		arg_min(m, place) FILTER (stage = 'qualified') AS qualified,
		arg_min(m, place) FILTER (stage = 'appointment') AS appointment,
		arg_min(agent, place) FILTER (stage = 'contacted') AS contacted_by,
		arg_min(agent, place) FILTER (stage = 'qualified') AS qualified_by,
		arg_min(agent, place) FILTER (stage = 'appointment') AS appointment_by,
		arg_max(stage, latest) FILTER (stage NOT IN ('won', 'lost')) AS stage,
		arg_max(agent, latest) FILTER (stage NOT IN ('won', 'lost') AND agent IS NOT NULL) AS agent,
		arg_min(source, place) AS source
	FROM (SELECT *, moment(reached_at, reached_day, reached_hour) AS m, place(reached_at, origin, source_id) AS place,
		-- Of stages reached at once, or who knows when, the furthest counts.
		coalesce(epoch_us(reached_at), 0)::HUGEINT * 8 + list_position(['new', 'contacted', 'qualified', 'appointment'], stage) AS latest
		FROM lead_stages WHERE $scope)
	GROUP BY lead
), events AS (
	SELECT lead, stage AS became, 'stage' AS way, moment(reached_at, reached_day, reached_hour) AS m, place(reached_at, origin, source_id) AS place,
		agent, campaign, product, lost_reason, source FROM lead_stages WHERE $scope AND stage IN ('won', 'lost')
	UNION ALL
	SELECT lead, 'won', 'order', moment(placed_at, placed_day, placed_hour), place(placed_at, origin, coalesce(source_id, '') || coalesce(agent, '')),
		agent, campaign, product, NULL, source FROM orders WHERE $scope AND cancelled_day IS NULL
	UNION ALL
	SELECT lead, CASE outcome WHEN 'sale' THEN 'won' ELSE 'lost' END, 'call', moment(started_at, started_day, started_hour),
		place(started_at, origin, source_id), agent, campaign, product, NULL, source FROM $calls WHERE outcome IN ('sale', 'lost')
), winning AS (
	SELECT lead,
		coalesce(arg_min(m, place) FILTER (m.day_ IS NOT NULL), any_value(m)) AS first,
		-- One without a date might be the last: then nothing is after it.
		CASE WHEN bool_and(m.day_ IS NOT NULL) THEN arg_max(m, place) ELSE moment(NULL::TIMESTAMP, NULL::DATE, NULL::TINYINT) END AS last,
		arg_min(agent, place) FILTER (way = 'stage' AND agent IS NOT NULL) AS stage_agent,
		arg_min(agent, place) FILTER (way = 'order' AND agent IS NOT NULL) AS order_agent,
		arg_min(agent, place) FILTER (way = 'call' AND agent IS NOT NULL) AS call_agent,
		arg_min(campaign, place) FILTER (way = 'order' AND campaign IS NOT NULL) AS campaign,
		arg_min(product, place) FILTER (way = 'order' AND product IS NOT NULL) AS product,
		arg_min(source, place) FILTER (way = 'order') AS source
	FROM events WHERE became = 'won' GROUP BY lead
), losing AS (
	SELECT e.lead,
		coalesce(arg_min(m, place) FILTER (m.day_ IS NOT NULL), any_value(m)) AS first,
		arg_min(agent, place) FILTER (way = 'stage' AND agent IS NOT NULL) AS stage_agent,
		arg_min(agent, place) FILTER (way = 'call' AND agent IS NOT NULL) AS call_agent,
		arg_min(lost_reason, place) FILTER (lost_reason IS NOT NULL) AS reason
	FROM events e LEFT JOIN winning w ON w.lead = e.lead
	WHERE became = 'lost' AND (w.lead IS NULL OR NOT up_to(e.m, w.last)) GROUP BY e.lead
), touched AS (
	SELECT w.lead, count(*) AS touches FROM winning w JOIN ($touches) t ON t.lead = w.lead AND up_to(t.m, w.first) GROUP BY w.lead
), promised AS (
	SELECT lead, count(*) AS callbacks, count(*) FILTER (kept) AS kept FROM callbacks WHERE $scope GROUP BY lead
), everybody AS (
	SELECT lead FROM record UNION SELECT lead FROM tried UNION SELECT lead FROM staged UNION SELECT lead FROM promised
	UNION SELECT lead FROM orders WHERE $scope UNION SELECT lead FROM activities WHERE $scope
), story AS (
	SELECT e.lead, r.lead IS NOT NULL AS recorded,
		coalesce(r.source, t.source, s.source, w.source) AS source,
		CASE WHEN l.lead IS NOT NULL THEN 'lost' WHEN w.lead IS NOT NULL THEN 'won'
			ELSE coalesce(s.stage, CASE WHEN t.had_appointment THEN 'appointment' WHEN t.was_qualified THEN 'qualified'
				WHEN t.contacted > 0 THEN 'contacted' ELSE 'new' END) END AS stage,
		CASE WHEN l.lead IS NOT NULL THEN l.stage_agent WHEN w.lead IS NOT NULL THEN w.stage_agent END AS setter,
		CASE WHEN l.lead IS NOT NULL THEN coalesce(l.stage_agent, l.call_agent)
			WHEN w.lead IS NOT NULL THEN coalesce(w.stage_agent, w.call_agent) ELSE s.agent END AS stage_by,
		coalesce(r.agent, setter, w.order_agent, t.last_agent) AS whose, whose AS agent,
		-- Who won a lead stays its closer, whatever came after; where nobody is named, whose lead it is.
		CASE WHEN w.lead IS NOT NULL THEN coalesce(w.order_agent, w.stage_agent, w.call_agent, whose)
			WHEN l.lead IS NOT NULL THEN coalesce(l.stage_agent, l.call_agent, whose) END AS closer,
		-- What somebody brought a lead to stays theirs, whoever talks with it later.
		coalesce(t.reached_by, whose) AS reached_by,
		$first_contact_by AS contacted_by, $qualified_by AS qualified_by, $appointment_by AS appointment_by,
		r.team AS record_team,
		coalesce(r.campaign, w.campaign, t.campaign) AS campaign, coalesce(r.product, w.product, t.product) AS product,
		coalesce(r.list, t.list) AS list, r.channel, r.segment, r.grade, r.referred_by, l.reason AS lost_reason,
		coalesce(t.calls, 0) AS calls, coalesce(t.outbound, 0) AS outbound_calls,
		coalesce(t.reached, 0) AS reached_calls, coalesce(t.contacted, 0) AS contacted_calls,
		coalesce(p.callbacks, 0) AS callbacks, coalesce(p.kept, 0) AS callbacks_kept,
		t.first_outcome, CASE WHEN w.first.day_ IS NOT NULL THEN coalesce(x.touches, 0) END AS touches_before_won, t.last_call_at,
		coalesce(t.wrong AND t.contacted = 0, false) AS invalid, coalesce(t.do_not_call, false) AS do_not_call,
		moment(r.created_at, r.created_day, r.created_hour) AS created,
		t.first_call, t.first_cold_call, t.first_reached, earlier(t.first_reached, s.contacted) AS approached,
		earlier(t.first_contact, s.contacted) AS first_contact,
		earlier(t.qualified, s.qualified) AS qualified, earlier(t.appointment, s.appointment) AS appointment,
		w.first AS won, l.first AS lost,
		CASE WHEN w.lead IS NOT NULL THEN w.first ELSE l.first END AS closed
	FROM everybody e LEFT JOIN record r ON r.lead = e.lead LEFT JOIN tried t ON t.lead = e.lead LEFT JOIN staged s ON s.lead = e.lead
	LEFT JOIN winning w ON w.lead = e.lead LEFT JOIN losing l ON l.lead = e.lead
	LEFT JOIN touched x ON x.lead = e.lead LEFT JOIN promised p ON p.lead = e.lead
), dated AS (
	SELECT *, coalesce(closed.day_, created.day_, first_call.day_) AS team_day FROM story
)
SELECT story.* EXCLUDE (whose, setter, record_team, team_day, created, first_call, first_cold_call, first_reached, approached, first_contact,
		qualified, appointment, won, lost, closed, reached_by, contacted_by, qualified_by, appointment_by),
	$brought_by
	CASE WHEN story.agent IS NULL THEN record_team ELSE own.team END AS team, closing.team AS closer_team,
	created.at_ AS created_at, created.day_ AS created_day, created.hour_ AS created_hour,
	first_call.at_ AS first_call_at, first_call.day_ AS first_call_day, first_call.hour_ AS first_call_hour,
	first_cold_call.at_ AS first_cold_call_at, first_cold_call.day_ AS first_cold_call_day, first_cold_call.hour_ AS first_cold_call_hour,
	first_reached.at_ AS first_reached_at, first_reached.day_ AS first_reached_day, first_reached.hour_ AS first_reached_hour,
	approached.at_ AS approached_at, approached.day_ AS approached_day, approached.hour_ AS approached_hour,
	first_contact.at_ AS first_contact_at, first_contact.day_ AS first_contact_day, first_contact.hour_ AS first_contact_hour,
	qualified.at_ AS qualified_at, qualified.day_ AS qualified_day, qualified.hour_ AS qualified_hour,
	appointment.at_ AS appointment_at, appointment.day_ AS appointment_day, appointment.hour_ AS appointment_hour,
	won.at_ AS won_at, won.day_ AS won_day, won.hour_ AS won_hour,
	lost.at_ AS lost_at, lost.day_ AS lost_day, lost.hour_ AS lost_hour,
	closed.at_ AS closed_at, closed.day_ AS closed_day, closed.hour_ AS closed_hour
FROM dated story
LEFT JOIN team_spans own ON own.agent = story.agent
	AND (team_day >= own.from_day AND team_day < own.to_day OR team_day IS NULL AND own.latest)
LEFT JOIN team_spans closing ON closing.agent = story.closer
	AND (closed.day_ >= closing.from_day AND closed.day_ < closing.to_day OR closed.day_ IS NULL AND closing.latest)
$brought_in`
