package main

import (
	"bytes"
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/store"
)

// product is callpace as its user meets it: the command, and a server that is
// asked by HTTP with a token, or with the cookie of who signed in.
type product struct {
	command, dir, mapping string
	url, token, cookie    string
	*server
}

//go:embed calls.yaml
var mapping []byte

const rosterMapping = "version: 1\nkey: agent\nfacts:\n  roster: {agent: agent, team: team}\n"

// found makes the organisation in a fresh folder, with its roster and an account.
func (p *product) found(ctx context.Context, roster string) error {
	if err := errors.Join(os.RemoveAll(p.dir), os.MkdirAll(filepath.Dir(p.dir), 0o755), os.WriteFile(p.mapping, mapping, 0o644)); err != nil {
		return err
	}
	// A zone that never changes its clocks: SQLite knows no others.
	if _, err := p.run(ctx, "init", "--zone", "Africa/Tunis", "--currency", "EUR", "--country", "HR"); err != nil {
		return err
	}
	how := p.mapping + ".roster"
	if err := os.WriteFile(how, []byte(rosterMapping), 0o644); err != nil {
		return err
	}
	_, err := p.run(ctx, "import", "--source", "crm", "--mapping", how, roster)
	return errors.Join(err, p.signUp(ctx))
}

// signUp makes an account with an API token.
func (p *product) signUp(ctx context.Context) (err error) {
	db, err := store.Open(ctx, p.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	a := auth.New(db, time.Now)
	link, err := a.CreateSetupLink(ctx)
	if err != nil {
		return err
	}
	here := auth.Visitor{Address: "127.0.0.1"}
	in, err := a.CompleteSetup(ctx, link, auth.FirstAdmin{Login: "bench@bench.example", Name: "Bench", Password: rand.Text(), Language: "en", Organisation: "Bench"}, here)
	if err != nil {
		return err
	}
	p.cookie = in.Token
	id, err := a.Resume(ctx, in.Token, here)
	if err != nil {
		return err
	}
	if p.token, _, err = a.CreateToken(ctx, id, "bench", auth.Admin, time.Now().AddDate(0, 1, 0)); err != nil {
		return err
	}
	return os.WriteFile(p.keys(), []byte(p.token+"\n"+p.cookie), 0o600)
}

// keys is the file by which a later run gets in, beside the folder.
func (p *product) keys() string { return p.dir + ".keys" }

// resume takes the folder that an earlier run made.
func (p *product) resume() error {
	text, err := os.ReadFile(p.keys())
	p.token, p.cookie, _ = strings.Cut(string(text), "\n")
	return err
}

// process is what a command took.
type process struct {
	passed time.Duration
	spent  time.Duration // on processors
	peak   int64         // largest resident set in bytes, 0 where the system does not tell
	out    []byte
}

// run runs the command on the data folder, to its end.
func (p *product) run(ctx context.Context, args ...string) (process, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, p.command, append(args, "--data", p.dir)...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return process{}, fmt.Errorf("%v: %w\n%s", cmd.Args, err, stderr.String())
	}
	return process{time.Since(began), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peakOf(cmd.ProcessState), stdout.Bytes()}, nil
}

func (p *product) importFile(ctx context.Context, csv string) (process, error) {
	return p.run(ctx, "import", "--source", "bench", "--mapping", p.mapping, "-o", "json", csv)
}

// serve starts the server and waits until it says that it is ready; the time
// until then is the answer.
func (p *product) serve(ctx context.Context) (time.Duration, error) {
	port, err := freePort()
	if err != nil {
		return 0, err
	}
	address := "127.0.0.1:" + strconv.Itoa(port)
	p.url = "http://" + address
	began := time.Now()
	if p.server, err = startServer(exec.Command(p.command, "serve", "--listen", address, "--data", p.dir)); err != nil {
		return 0, err
	}
	err = p.until(ctx, func() error {
		_, _, err := p.get(ctx, "/readyz")
		return err
	})
	return time.Since(began), err
}

func (p *product) stop() error {
	s := p.server
	p.server = nil
	return s.stop(syscall.SIGTERM)
}

// get asks the server. What it refuses because of too many requests is asked
// again when it says, and only the last time counts.
func (p *product) get(ctx context.Context, path string) ([]byte, time.Duration, error) {
	return p.send(ctx, func() (*http.Request, error) { return http.NewRequestWithContext(ctx, http.MethodGet, p.url+path, nil) })
}

func (p *product) send(ctx context.Context, request func() (*http.Request, error)) ([]byte, time.Duration, error) {
	for {
		r, err := request()
		if err != nil {
			return nil, 0, err
		}
		if strings.HasPrefix(r.URL.Path, "/api/") {
			r.Header.Set("Authorization", "Bearer "+p.token)
		} else {
			r.AddCookie(&http.Cookie{Name: "callpace_session", Value: p.cookie})
		}
		began := time.Now()
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return nil, 0, err
		}
		body, err := io.ReadAll(answer.Body)
		spent := time.Since(began)
		if err = errors.Join(err, answer.Body.Close()); err != nil {
			return nil, 0, err
		}
		switch {
		case answer.StatusCode == http.StatusTooManyRequests:
			if err := pause(ctx, answer.Header.Get("Retry-After")); err != nil {
				return nil, 0, err
			}
			continue
		case answer.StatusCode/100 != 2 || answer.Request.URL.Path != r.URL.Path:
			said := p.server.log.text()
			return nil, 0, fmt.Errorf("%s: %s: %.500s\n%s", r.URL, answer.Status, body, said[max(0, len(said)-2000):])
		}
		return body, spent, nil
	}
}

func pause(ctx context.Context, seconds string) error {
	n, err := strconv.Atoi(seconds)
	if err != nil {
		n = 1
	}
	select {
	case <-time.After(time.Duration(n) * time.Second):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ask gets an answer of the API as JSON.
func ask[T any](ctx context.Context, p *product, path string) (answer T, spent time.Duration, err error) {
	body, spent, err := p.get(ctx, path)
	if err == nil {
		err = json.Unmarshal(body, &answer)
	}
	return answer, spent, err
}

// upload brings a file in through the API; it is done when its numbers count.
func (p *product) upload(ctx context.Context, csv string) (time.Duration, error) {
	began := time.Now()
	_, _, err := p.send(ctx, func() (*http.Request, error) {
		file, err := os.Open(csv)
		if err != nil {
			return nil, err
		}
		reader, writer := io.Pipe()
		form := multipart.NewWriter(writer)
		go func() {
			defer file.Close()
			err := errors.Join(form.WriteField("source", "bench"), form.WriteField("mapping", string(mapping)))
			part, err2 := form.CreateFormFile("file", filepath.Base(csv))
			if err = errors.Join(err, err2); err == nil {
				_, err = io.Copy(part, file)
			}
			writer.CloseWithError(errors.Join(err, form.Close()))
		}()
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/api/v1/imports", reader)
		if err == nil {
			r.Header.Set("Content-Type", form.FormDataContentType())
		}
		return r, err
	})
	return time.Since(began), err
}
