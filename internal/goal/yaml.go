package goal

import (
	"errors"

	"github.com/goccy/go-yaml"

	"github.com/callpace/callpace"
)

// File is a configuration: goals, and the chains that plans can be worked back
// along, by name.
type File struct {
	Goals  []Goal            `yaml:"goals"`
	Chains map[string]string `yaml:"chains,omitempty"`
}

// Marshal writes a configuration.
func Marshal(f File) ([]byte, error) { return yaml.Marshal(f) }

// Unmarshal reads a configuration. What it does not know gives an Invalid
// error with the line; what the goals say is for Validate.
func Unmarshal(data []byte) (File, error) {
	var file struct {
		File     `yaml:",inline"`
		Measures any `yaml:"measures"` // definitions, for others to read
		KPIs     any `yaml:"kpis"`
	}
	err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict())
	if err == nil {
		return file.File, nil
	}
	line, detail := 0, err.Error()
	var e yaml.Error
	if errors.As(err, &e) {
		detail = e.GetMessage()
		if t := e.GetToken(); t != nil {
			line = t.Position.Line
		}
	}
	return File{}, callpace.E(callpace.Invalid, "goal.bad_yaml", "line", line, "detail", detail).Because(err)
}
