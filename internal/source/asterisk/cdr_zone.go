package asterisk

import (
	"time"

	"github.com/callpace/callpace"
)

// chooseZone finds the zone of an input whose user named none. Asterisk
// writes local times, or UTC where usegmtime is set, and says nowhere which;
// but the id of a channel holds the time it was made at. The organisation's
// zone is taken unless those ids say that UTC fits and it does not. remark is
// for the user, with an empty key where all is well.
func chooseZone(rows [][]string, l layouts, organisation *time.Location) (zone *time.Location, remark callpace.Message) {
	local, utc, seen := 0, 0, 0
	var shift time.Duration
	for _, row := range rows {
		id, wall, ok := birth(row, l)
		if !ok {
			continue
		}
		seen++
		at, _ := resolve(wall, organisation, id)
		if near(at, id) {
			local++
		} else {
			shift = at.Sub(id).Round(15 * time.Minute)
		}
		if near(wall, id) {
			utc++
		}
	}
	switch {
	case seen == 0 || 2*local >= seen:
		return organisation, callpace.Message{}
	case 2*utc >= seen:
		return time.UTC, callpace.M("asterisk.warning.zone_utc", "zone", organisation.String())
	}
	return organisation, callpace.M("asterisk.warning.zone_other", "zone", organisation.String(), "count", int64(shift/time.Minute))
}

// birth gives the time inside a row's id and the wall clock of its start.
// What is further off than any zone is no evidence.
func birth(row []string, l layouts) (id, wall time.Time, ok bool) {
	found := l.of(row)
	var hasID, hasWall bool
	for i, f := range found {
		switch f {
		case uniqueID:
			id, hasID = epoch(row[i])
		case start:
			wall, hasWall = parseWall(row[i])
		}
	}
	return id, wall, hasID && hasWall && wall.Sub(id).Abs() < 15*time.Hour
}

// near allows for later legs, which start minutes after their channel. Zones
// lie a quarter of an hour apart at least.
func near(a, b time.Time) bool { return a.Sub(b).Abs() < 7*time.Minute }
