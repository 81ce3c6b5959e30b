package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// clickhouse is the server that Debian has: 18.16, of 2018.
type clickhouse struct {
	dir  string
	port int
	*server
}

func (p *clickhouse) name() string { return "ClickHouse (2018)" }

func (p *clickhouse) install(ctx context.Context) error {
	return debian(ctx, func() error {
		_, err := program("clickhouse-server")
		return err
	}, "clickhouse-server")
}

const clickhouseConfig = `<?xml version="1.0"?>
<yandex>
  <logger><level>warning</level><console>1</console></logger>
  <http_port>%d</http_port><tcp_port>%d</tcp_port><interserver_http_port>%d</interserver_http_port><listen_host>127.0.0.1</listen_host>
  <path>%[4]s/data/</path><tmp_path>%[4]s/tmp/</tmp_path><user_files_path>%[4]s/files/</user_files_path><format_schema_path>%[4]s/schemas/</format_schema_path>
  <mark_cache_size>1073741824</mark_cache_size><timezone>UTC</timezone><mlock_executable>false</mlock_executable>
  <users_config>users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
</yandex>
`

const clickhouseUsers = `<?xml version="1.0"?>
<yandex>
  <profiles><default><max_memory_usage>4000000000</max_memory_usage><join_default_strictness>ALL</join_default_strictness></default></profiles>
  <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
  <quotas><default></default></quotas>
</yandex>
`

func (p *clickhouse) start(ctx context.Context, dir string) (err error) {
	p.dir = dir
	if err := os.MkdirAll(filepath.Join(dir, "tmp"), 0o755); err != nil {
		return err
	}
	var ports [3]int
	for i := range ports {
		if ports[i], err = freePort(); err != nil {
			return err
		}
	}
	p.port = ports[0]
	config := fmt.Sprintf(clickhouseConfig, ports[0], ports[1], ports[2], dir)
	for name, text := range map[string]string{"config.xml": config, "users.xml": clickhouseUsers} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	path, err := program("clickhouse-server")
	if err != nil {
		return err
	}
	cmd := exec.Command(path, "--config-file="+filepath.Join(dir, "config.xml"))
	cmd.Dir = dir
	if p.server, err = startServer(cmd); err != nil {
		return err
	}
	return p.answers(ctx, p, "SELECT 1")
}

func (p *clickhouse) stop() error { return p.server.stop(syscall.SIGTERM) }

func (p *clickhouse) connect(context.Context) (conn, error) { return p, nil }

func (p *clickhouse) close() error { return nil }

// run asks by HTTP, the server's own way for programs. A statement that begins
// with a file's name and a bar is sent with that file.
func (p *clickhouse) run(ctx context.Context, sql string) ([][]string, error) {
	url := fmt.Sprintf("http://127.0.0.1:%d/?query=", p.port)
	var body io.Reader = strings.NewReader(sql)
	if csv, insert, ok := strings.Cut(sql, "|"); ok {
		file, err := os.Open(csv)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		url, body = url+strings.ReplaceAll(insert, " ", "+"), file
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, body)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ClickHouse: %s: %s\n%s", answer.Status, text, sql)
	}
	var rows [][]string
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		for i, c := range cells {
			if c == `\N` || c == "nan" {
				cells[i] = ""
			}
		}
		rows = append(rows, cells)
	}
	return rows, nil
}

func (p *clickhouse) version(ctx context.Context, c conn) (string, error) {
	return oneText(ctx, c, "SELECT version()")
}

func (p *clickhouse) dialect() dialect { return clickhouseDialect() }

func clickhouseDialect() dialect {
	return dialect{
		count: func(where string) string { return "countIf(" + where + ")" },
		avg:   func(what, where string) string { return fmt.Sprintf("avgIf(%s, %s)", what, where) },
		// A moment that is none would be the first of all.
		first: func(where string) string {
			return "if(countIf(" + where + ") > 0, toNullable(minIf(started_at, " + where + ")), NULL)"
		},
		week:    func(at string) string { return "toString(toMonday(" + at + "))" },
		seconds: func(from, to string) string { return fmt.Sprintf("(%s - %s)", to, from) }}
}

func (p *clickhouse) load(f files) steps {
	return clickhouseLoad(func(table, csv string) string { return csv + "|INSERT INTO " + table + " FORMAT CSVWithNames" }, f)
}

// clickhouseLoad keeps calls in the order of time; the engine itself leaves the
// latest version of each, which is the manual's way with corrections.
func clickhouseLoad(insert func(table, csv string) string, f files) steps {
	return steps{
		tables: []string{"CREATE TABLE roster (agent String, team String) ENGINE = MergeTree ORDER BY agent", insert("roster", f.roster),
			"CREATE TABLE calls (" + columns("String", "DateTime", "Int32", "Float64") + ") ENGINE = ReplacingMergeTree(updated_at) ORDER BY (started_at, call_id)"},
		rows:   []string{insert("calls", f.calls)},
		latest: []string{clickhouseSettle},
		append: func(csv string) []string { return []string{insert("calls", csv)} },
		amend: func(row []string) string {
			return "INSERT INTO calls VALUES (" + strings.ReplaceAll(literals(row), "NULL", "''") + ")"
		},
	}
}

func (p *clickhouse) settle() []string { return []string{clickhouseSettle} }

// clickhouseSettle joins the versions of calls, on the disk.
const clickhouseSettle = "OPTIMIZE TABLE calls FINAL"

func (p *clickhouse) size(ctx context.Context, c conn) (int64, error) { return clickhouseSize(ctx, c) }

func clickhouseSize(ctx context.Context, c conn) (int64, error) {
	return oneNumber(ctx, c, "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table = 'calls'")
}
