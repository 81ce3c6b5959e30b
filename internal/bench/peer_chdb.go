package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// chdbPeer is today's ClickHouse as a library, from npm.
type chdbPeer struct{ packages, dir string }

func (p *chdbPeer) name() string { return "chDB" }

func (p *chdbPeer) install(ctx context.Context) error {
	err := debian(ctx, func() error {
		_, err := program("npm")
		return err
	}, "npm")
	if err != nil {
		return err
	}
	return npm(ctx, p.packages, "chdb")
}

func (p *chdbPeer) start(_ context.Context, dir string) error {
	p.dir = dir
	return os.MkdirAll(dir, 0o755)
}

func (p *chdbPeer) stop() error { return nil }

//go:embed chdb.js
var chdbScript []byte

func (p *chdbPeer) connect(context.Context) (conn, error) {
	script := filepath.Join(p.dir, "session.js")
	if err := os.WriteFile(script, chdbScript, 0o644); err != nil {
		return nil, err
	}
	cmd := exec.Command("node", script, filepath.Join(p.dir, "data"))
	cmd.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(p.packages, "node_modules"))
	return openPipe(cmd, endMark, `\N`)
}

func (p *chdbPeer) version(ctx context.Context, c conn) (string, error) {
	return oneText(ctx, c, "SELECT version()")
}

func (p *chdbPeer) dialect() dialect { return clickhouseDialect() }

func (p *chdbPeer) load(f files) steps {
	return clickhouseLoad(func(table, csv string) string {
		return fmt.Sprintf("INSERT INTO %s SELECT * FROM file('%s', CSVWithNames)", table, csv)
	}, f)
}

func (p *chdbPeer) settle() []string { return []string{clickhouseSettle} }

func (p *chdbPeer) alone() {}

func (p *chdbPeer) size(ctx context.Context, c conn) (int64, error) { return clickhouseSize(ctx, c) }
