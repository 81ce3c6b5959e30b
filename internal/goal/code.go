package goal

// code is what a phrase means.
type code string

// The codes of phrases, as the word files name them.
const (
	isRolling     code = "rolling"     // in the next {n} {unit}
	isRollingOne  code = "rolling_one" // in the next month
	isWithin      code = "within"      // within {n} {unit}: by then
	isNextUnit    code = "next"        // next {unit}: the calendar's
	isThisUnit    code = "this"        // this {unit}
	isEndOf       code = "end_of"      // by the end of the {unit}
	isEndOfNext   code = "end_of_next" // by the end of next {unit}
	isEndOfNth    code = "end_of_quarter"
	isEndOfYear   code = "end_of_year_n" // by the end of 2027
	isNthQuarter  code = "quarter"       // in the {ord} quarter
	isMonth       code = "month"         // in {month}, {month} {year}
	isEndOfMonth  code = "end_of_month"  // by the end of {month}
	isUntilDate   code = "until"         // by, before a date
	isEvery       code = "every"         // every {unit}, a {unit}
	isPrevious    code = "previous"      // against the previous period
	isPrevUnit    code = "previous_unit" // against the previous {unit}
	isYearAgo     code = "year_ago"
	isNow         code = "now"
	isFrom        code = "from" // from 5 % to 6 %
	isTo          code = "to"
	isBy          code = "by"
	isAgainst     code = "against" // compared with
	isUp          code = "up"
	isDown        code = "down"
	isLeast       code = "at_least"
	isMost        code = "at_most"
	isBetween     code = "between"
	isAnd         code = "and"
	isWhile       code = "while" // a guardrail follows
	isStays       code = "stays" // as it is
	isMeans       code = "means" // the means follow
	isMeansKept   code = "means_kept"
	isEachAgent   code = "each_agent"
	isEachTeam    code = "each_team"
	isCompany     code = "company"
	isObjective   code = "objective"
	isOwner       code = "owner"
	isWeight      code = "weight"
	isSkip        code = "skip"
	isPercentWord code = "percent_word"

	// Found in other ways than as phrases.
	isDimension    code = "dimension"
	isKPI          code = "kpi"
	isTeamName     code = "team_name"
	isAgentName    code = "agent_name"
	isCampaignName code = "campaign_name"
	isProductName  code = "product_name"
	isScale        code = "scale"
	isSeconds      code = "seconds"
	isPercent      code = "percent"
	isPoints       code = "points"
	isCurrency     code = "currency"
	isNumeral      code = "number"
	isQuoted       code = "quoted"
	isFilter       code = "filter"
	isField        code = "field"
	isDated        code = "date"
	isStop         code = "stop" // comma, semicolon, full stop
	isWord         code = "word" // unknown
	isDash         code = "dash" // between two numbers
)
