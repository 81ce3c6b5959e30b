package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// mariadb is MariaDB 10.11 with one of its engines: InnoDB, or MyISAM, whose
// table lock is what a report waits for while an import runs.
type mariadb struct {
	engine, dir string
	port        int
	*server
}

func (p *mariadb) name() string { return "MariaDB " + p.engine }

func (p *mariadb) install(ctx context.Context) error {
	return debian(ctx, func() error {
		if _, err := program("mariadb"); err != nil {
			return err
		}
		_, err := program("mariadbd")
		return err
	}, "mariadb-server-core", "mariadb-client-core")
}

func (p *mariadb) start(ctx context.Context, dir string) (err error) {
	p.dir = filepath.Join(dir, "data")
	path, err := program("mariadbd")
	if err != nil {
		return err
	}
	user := []string{}
	if os.Geteuid() == 0 {
		user = append(user, "--user=root")
	}
	if err := os.MkdirAll(p.dir, 0o755); err != nil { // an empty one will do, for there are no accounts
		return err
	}
	if p.port, err = freePort(); err != nil {
		return err
	}
	cmd := exec.Command(path, append([]string{"--no-defaults", "--datadir=" + p.dir, "--bind-address=127.0.0.1", "--port=" + strconv.Itoa(p.port),
		"--socket=" + filepath.Join(dir, "s"), "--pid-file=" + filepath.Join(dir, "pid"), "--skip-grant-tables", "--secure-file-priv=", "--character-set-server=utf8mb4",
		"--innodb-buffer-pool-size=2G", "--innodb-log-file-size=1G", "--key-buffer-size=512M", "--myisam-sort-buffer-size=512M", "--sort-buffer-size=64M",
		"--tmp-table-size=512M", "--max-heap-table-size=512M", "--join-buffer-size=64M"}, user...)...)
	cmd.Dir = dir
	if p.server, err = startServer(cmd); err != nil {
		return err
	}
	return p.answers(ctx, p, "CREATE DATABASE IF NOT EXISTS bench")
}

func (p *mariadb) stop() error { return p.server.stop(syscall.SIGTERM) }

func (p *mariadb) connect(ctx context.Context) (conn, error) {
	c, err := openPipe(exec.Command("mariadb", "--no-defaults", "-B", "-N", "-n", "-r", "-h", "127.0.0.1", "-P", strconv.Itoa(p.port)), "SELECT '"+endMark+"';", "NULL")
	if err != nil {
		return nil, err
	}
	if _, err := c.run(ctx, "CREATE DATABASE IF NOT EXISTS bench; USE bench"); err != nil {
		return nil, err
	}
	return c, nil
}

func (p *mariadb) version(ctx context.Context, c conn) (string, error) {
	v, err := oneText(ctx, c, "SELECT version()")
	return strings.TrimSuffix(v, "-log"), err
}

func (p *mariadb) dialect() dialect {
	return dialect{
		count: func(where string) string { return "sum(" + where + ")" },
		avg: func(what, where string) string {
			return fmt.Sprintf("avg(CASE WHEN %s THEN 1e0 * (%s) END)", where, what)
		},
		first: func(where string) string { return "min(CASE WHEN " + where + " THEN started_at END)" },
		week: func(at string) string {
			return fmt.Sprintf("date_format(date(%[1]s) - INTERVAL weekday(%[1]s) DAY, '%%Y-%%m-%%d')", at)
		},
		seconds: func(from, to string) string { return fmt.Sprintf("timestampdiff(SECOND, %s, %s)", from, to) }}
}

func (p *mariadb) load(f files) steps {
	read := func(csv, how, table string) string {
		return fmt.Sprintf("LOAD DATA INFILE '%s' %s INTO TABLE %s FIELDS TERMINATED BY ',' IGNORE 1 LINES", csv, how, table)
	}
	calls := columns("varchar(60)", "datetime", "int", "decimal(18,6)")
	return steps{
		tables: []string{"CREATE TABLE roster (agent varchar(60) PRIMARY KEY, team varchar(60)) ENGINE = " + p.engine, read(f.roster, "", "roster"),
			"CREATE TABLE calls (" + calls + ", PRIMARY KEY (call_id)) ENGINE = " + p.engine},
		// A later version of a call takes the earlier one's place as it is read.
		rows:   []string{read(f.calls, "REPLACE", "calls")},
		index:  []string{"ALTER TABLE calls ADD INDEX (started_at), ADD INDEX (agent, started_at), ADD INDEX (phone)", "ANALYZE TABLE calls"},
		append: func(csv string) []string { return []string{read(csv, "", "calls")} },
		amend:  func(row []string) string { return "REPLACE INTO calls VALUES (" + literals(row) + ")" },
	}
}

func (p *mariadb) size(ctx context.Context, c conn) (int64, error) {
	files, err := filepath.Glob(filepath.Join(p.dir, "bench", "calls.*"))
	var total int64
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			return 0, err
		}
		total += info.Size()
	}
	return total, err
}
