package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// postgres is PostgreSQL 15 with the settings that its manual advises for a
// bulk load and for a machine that does little else.
type postgres struct {
	dir  string
	port int
	*server
}

func (p *postgres) name() string { return "PostgreSQL" }

const debianPostgres = "/usr/lib/postgresql/*/bin"

func (p *postgres) install(ctx context.Context) error {
	return debian(ctx, func() error {
		_, err := program("postgres", debianPostgres)
		return err
	}, "postgresql-15")
}

var postgresSettings = map[string]string{
	"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "20",
	"shared_buffers": "1GB", "effective_cache_size": "4GB", "work_mem": "64MB", "maintenance_work_mem": "512MB",
	"max_wal_size": "8GB", "wal_level": "minimal", "max_wal_senders": "0", "checkpoint_timeout": "30min", "random_page_cost": "1.1",
}

func (p *postgres) start(ctx context.Context, dir string) (err error) {
	p.dir = filepath.Join(dir, "data")
	who, err := unprivileged("postgres", dir)
	if err != nil {
		return err
	}
	if _, err := os.Stat(p.dir); os.IsNotExist(err) {
		initdb, err := program("initdb", debianPostgres)
		if err != nil {
			return err
		}
		cmd := exec.CommandContext(ctx, initdb, "-D", p.dir, "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
		cmd.SysProcAttr, cmd.Dir = who, dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("initdb: %w: %s", err, lastLine(out))
		}
	}
	if p.port, err = freePort(); err != nil {
		return err
	}
	path, err := program("postgres", debianPostgres)
	if err != nil {
		return err
	}
	cmd := exec.Command(path, "-D", p.dir, "-p", strconv.Itoa(p.port))
	for name, value := range postgresSettings {
		cmd.Args = append(cmd.Args, "-c", name+"="+value)
	}
	cmd.SysProcAttr, cmd.Dir = who, dir
	if p.server, err = startServer(cmd); err != nil {
		return err
	}
	return p.answers(ctx, p, "SELECT 1")
}

func (p *postgres) stop() error { return p.server.stop(syscall.SIGINT) }

func (p *postgres) connect(context.Context) (conn, error) {
	cmd := exec.Command("psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", strconv.Itoa(p.port), "-U", "bench", "postgres")
	cmd.Env = append(os.Environ(), "PGOPTIONS=-c client_min_messages=error")
	return openPipe(cmd, `\echo `+endMark, "")
}

func (p *postgres) version(ctx context.Context, c conn) (string, error) {
	return oneText(ctx, c, "SHOW server_version")
}

func (p *postgres) dialect() dialect {
	return dialect{count: filterCount, avg: filterAvg, first: filterFirst,
		week:    func(at string) string { return "to_char(date_trunc('week', " + at + "), 'YYYY-MM-DD')" },
		seconds: func(from, to string) string { return fmt.Sprintf("extract(epoch FROM %s - %s)", to, from) }}
}

// columns writes the columns of the log, with the types of an engine.
func columns(text, moment, whole, money string) string {
	return strings.NewReplacer("text", text, "moment", moment, "whole", whole, "money", money).Replace(
		`call_id text, started_at moment, updated_at moment, agent text, campaign text, product text, phone text, lead_id text,
		direction text, kind text, queue text, list text, attempt whole, disposition text, ring_s whole, wait_s whole, talk_s whole, hold_s whole,
		wrap_s whole, cost money, ended_by text, recording text, region text, trunk text`)
}

func (p *postgres) load(f files) steps {
	return steps{
		tables: []string{"CREATE TABLE roster (agent text PRIMARY KEY, team text)",
			fmt.Sprintf("COPY roster FROM '%s' (FORMAT csv, HEADER)", f.roster)},
		// In the transaction that makes the table, COPY need not write the log.
		rows: []string{"BEGIN", "CREATE TABLE raw (" + columns("text", "timestamp", "integer", "numeric(18,6)") + ")",
			fmt.Sprintf("COPY raw FROM '%s' (FORMAT csv, HEADER)", f.calls), "COMMIT"},
		latest: []string{"CREATE TABLE calls AS SELECT DISTINCT ON (call_id) * FROM raw ORDER BY call_id, updated_at DESC", "DROP TABLE raw"},
		index: []string{"ALTER TABLE calls ADD PRIMARY KEY (call_id)", "CREATE INDEX ON calls (started_at)", "CREATE INDEX ON calls (agent, started_at)",
			"CREATE INDEX ON calls (phone)", "VACUUM ANALYZE calls", "ANALYZE roster"},
		append: func(csv string) []string {
			return []string{fmt.Sprintf("COPY calls FROM '%s' (FORMAT csv, HEADER)", csv)}
		},
		amend: func(row []string) string {
			return "INSERT INTO calls VALUES (" + literals(row) + ") ON CONFLICT (call_id) DO UPDATE SET " + assignments("EXCLUDED.%s")
		},
	}
}

func (p *postgres) size(ctx context.Context, c conn) (int64, error) {
	return oneNumber(ctx, c, "SELECT pg_total_relation_size('calls')")
}

// unprivileged is how a server is started that refuses to run as root: as a
// user of its own, who gets the folder.
func unprivileged(name, dir string) (*syscall.SysProcAttr, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil || os.Geteuid() != 0 {
		return nil, err
	}
	u, err := user.Lookup(name)
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, os.Chown(dir, uid, gid)
}
