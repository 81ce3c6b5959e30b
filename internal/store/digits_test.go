package store

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What names agents and calls in a state of before is written in the digits in
// which facts name them since; what people wrote stays as they wrote it.
func TestDigitsOfAnOlderState(t *testing.T) {
	dir := t.TempDir()
	older(t, dir, 6)
	db, err := sql.Open("sqlite", source(filepath.Join(dir, Name), ""))
	require.NoError(t, err)
	_, err = db.ExecContext(ctx, `
		UPDATE accounts SET agent = 'کارشناس ۱/۷';
		INSERT INTO draws VALUES ('d', '٧', 1, 2, 3, '["p%DB%B1/C-%DB%B5%D9%A6","pbx/7"]', 'x', 1);
		INSERT INTO notes VALUES ('n', 'call:p%DB%B1/C-%DB%B5%D9%A6', 'شماره ۱', 0, 'a', 1), ('f', 'finding:x', 'y', 0, 'a', 1);
		INSERT INTO corrections VALUES ('c', 'call:pbx/%EF%BC%97', '７', 'تیم ۱', '۱', 'a', 1, 'open', '', '', NULL);
		INSERT INTO goals (id, locked, state, body, baselines, division, created_by, created_at, updated_at) VALUES
			('1', 0, 'active', '{"name":"هدف ۱","scope":{"agent":"۷"},"target":12.50}', '[]', '{"people":[{"team":"تیم ۱","agent":"۷","days":3.0},{"team":"t","agent":"b","days":1}]}', 'a', 1, 1),
			('2', 0, 'active', '{"scope":{"each":"agent"}}', '[{"from":"2026-01-01","parts":{"۷":{"value":1.5}},"guards":{"۷":[{"a":1}]}}]', NULL, 'a', 1, 1),
			('3', 0, 'active', '{"scope":{"each":"team"}}', '[{"parts":{"۷":{"value":1.5}}}]', NULL, 'a', 1, 1);
		INSERT INTO goal_versions VALUES ('1', 1, '{"scope":{"agent":"۷"}}', 1, 'a');
		INSERT INTO goal_days VALUES ('2', '۷', 1, 1, '{}'), ('3', '۷', 1, 1, '{}')`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	now := open(t, dir)
	var got []string
	rows, err := now.read.QueryContext(ctx, `
		SELECT agent FROM accounts UNION ALL SELECT agent || ' ' || calls FROM draws
		UNION ALL SELECT subject || ' ' || text FROM notes
		UNION ALL SELECT subject || ' ' || agent || ' ' || team || ' ' || text FROM corrections
		UNION ALL SELECT body || ' ' || baselines || ' ' || coalesce(division, '') FROM goals
		UNION ALL SELECT body FROM goal_versions UNION ALL SELECT goal_id || ' ' || part FROM goal_days`)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var line string
		require.NoError(t, rows.Scan(&line))
		got = append(got, line)
	}
	require.NoError(t, rows.Err())
	require.Equal(t, strings.Split(`کارشناس 1/7
7 ["p%DB%B1/C-56","pbx/7"]
call:p%DB%B1/C-56 شماره ۱
finding:x y
call:pbx/7 7 تیم ۱ ۱
{"name":"هدف ۱","scope":{"agent":"7"},"target":12.50} [] {"people":[{"team":"تیم ۱","agent":"7","days":3.0},{"team":"t","agent":"b","days":1}]}
{"scope":{"each":"agent"}} [{"from":"2026-01-01","parts":{"7":{"value":1.5}},"guards":{"7":[{"a":1}]}}] 
{"scope":{"each":"team"}} [{"parts":{"۷":{"value":1.5}}}] 
{"scope":{"agent":"7"}}
2 7
3 ۷`, "\n"), got)
}
