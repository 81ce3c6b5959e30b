package goal

import (
	"errors"

	"github.com/goccy/go-yaml"

	"github.com/callpace/callpace"
)

// Marshal writes goals as a file of a configuration.
func Marshal(goals []Goal) ([]byte, error) {
	return yaml.Marshal(struct {
		Goals []Goal `yaml:"goals"`
	}{goals})
}

// Unmarshal reads goals from a file of a configuration. What it does not know
// gives an Invalid error with the line; what the goals say is for Validate.
func Unmarshal(data []byte) ([]Goal, error) {
	var file struct {
		Goals    []Goal `yaml:"goals"`
		Measures any    `yaml:"measures"` // definitions, for others to read
		KPIs     any    `yaml:"kpis"`
	}
	err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict())
	if err == nil {
		return file.Goals, nil
	}
	line, detail := 0, err.Error()
	var e yaml.Error
	if errors.As(err, &e) {
		detail = e.GetMessage()
		if t := e.GetToken(); t != nil {
			line = t.Position.Line
		}
	}
	return nil, callpace.E(callpace.Invalid, "goal.bad_yaml", "line", line, "detail", detail).Because(err)
}
