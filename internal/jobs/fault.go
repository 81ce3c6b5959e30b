package jobs

import (
	"errors"
	"fmt"

	"github.com/callpace/callpace"
)

// fault is an error as it is kept: key and arguments, so that it is told in the
// language of whoever reads it later.
type fault struct {
	Code  callpace.Code   `json:"code,omitempty"`
	Key   string          `json:"key,omitempty"`
	Args  map[string]*arg `json:"args,omitempty"`
	Text  string          `json:"text,omitempty"` // of an error that is no *callpace.Error
	Cause *fault          `json:"cause,omitempty"`
}

// arg is one argument with its type: a count must be one again.
type arg struct {
	Whole   *int64   `json:"whole,omitempty"`
	Number  *float64 `json:"number,omitempty"`
	Text    *string  `json:"text,omitempty"`
	List    []string `json:"list,omitempty"`
	Message *fault   `json:"message,omitempty"`
	Error   *fault   `json:"error,omitempty"`
}

func keep(err error) *fault {
	if err == nil {
		return nil
	}
	var e *callpace.Error
	if !errors.As(err, &e) {
		return &fault{Text: err.Error()}
	}
	return &fault{Code: e.Code, Key: e.Key, Args: keepArgs(e.Args), Cause: keep(e.Err)}
}

func keepArgs(args map[string]any) map[string]*arg {
	out := map[string]*arg{}
	for name, v := range args {
		out[name] = keepArg(v)
	}
	return out
}

func keepArg(v any) *arg {
	switch v := v.(type) {
	case int:
		n := int64(v)
		return &arg{Whole: &n}
	case int64:
		return &arg{Whole: &v}
	case float64:
		return &arg{Number: &v}
	case []string:
		return &arg{List: v}
	case callpace.Message:
		return &arg{Message: &fault{Key: v.Key, Args: keepArgs(v.Args)}}
	case error:
		return &arg{Error: keep(v)}
	}
	text := fmt.Sprint(v)
	return &arg{Text: &text}
}

// error gives the error again.
func (f *fault) error() error {
	switch {
	case f == nil:
		return nil
	case f.Key == "":
		return errors.New(f.Text)
	}
	return f.known()
}

func (f *fault) known() *callpace.Error {
	return &callpace.Error{Code: f.Code, Key: f.Key, Args: f.args(), Err: f.Cause.error()}
}

func (f *fault) args() map[string]any {
	out := map[string]any{}
	for name, a := range f.Args {
		out[name] = a.value()
	}
	return out
}

func (a *arg) value() any {
	switch {
	case a.Whole != nil:
		return *a.Whole
	case a.Number != nil:
		return *a.Number
	case a.Message != nil:
		return callpace.Message{Key: a.Message.Key, Args: a.Message.args()}
	case a.Error != nil:
		return a.Error.error()
	case a.Text != nil:
		return *a.Text
	}
	return a.List
}
