package vapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
)

// Limits of Vapi's tool objects. Lengths are in bytes, which is never more generous than characters.
const (
	maxDescription = 1000
	minDelay       = 100 // ms
	maxDelay       = 120_000
)

// toolBody is what POST /tool takes for the tools we use. Decoding refuses unknown properties, as Vapi does.
type toolBody struct {
	Type         string           `json:"type"`
	Async        *bool            `json:"async"`
	Function     *toolFunction    `json:"function"`
	Messages     []toolMessage    `json:"messages"`
	Destinations *[]struct{}      `json:"destinations"`
	Server       *json.RawMessage `json:"server"`
}

type toolFunction struct {
	Name        string      `json:"name"`
	Description string      `json:"description"`
	Strict      bool        `json:"strict"`
	Parameters  *toolSchema `json:"parameters"`
}

type toolSchema struct {
	Type       string                  `json:"type"`
	Properties map[string]toolProperty `json:"properties"`
	Required   []string                `json:"required"`
}

type toolProperty struct {
	Type        string   `json:"type"`
	Description string   `json:"description"`
	Enum        []string `json:"enum"`
}

type toolMessage struct {
	Type               string `json:"type"`
	Content            string `json:"content"`
	Blocking           *bool  `json:"blocking"`
	TimingMilliseconds *int   `json:"timingMilliseconds"`
}

// Validate checks a definition against Vapi's published schema and against our own, stricter rules: no `server` (it is
// added at registration), never async (nobody would hear the result), flat text parameters (models fill them best),
// and no request-complete message (it would be spoken in place of the result). All findings are joined.
func Validate(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var body toolBody
	if err := d.Decode(&body); err != nil {
		return fmt.Errorf("not a tool: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("not a tool: something follows the object")
	}
	var problems []error
	if body.Server != nil {
		problems = append(problems, errors.New("server must be absent"))
	}
	for _, m := range body.Messages {
		problems = append(problems, m.check())
	}
	switch body.Type {
	case "function":
		problems = append(problems, body.checkFunction())
	case "transferCall":
		if body.Destinations == nil || len(*body.Destinations) > 0 {
			problems = append(problems, errors.New("destinations must be an empty list: the server decides"))
		}
		problems = append(problems, body.checkNative())
	case "endCall":
		if body.Destinations != nil {
			problems = append(problems, errors.New("property destinations should not exist"))
		}
		problems = append(problems, body.checkNative())
	default:
		problems = append(problems, fmt.Errorf("type %q is none of ours", body.Type))
	}
	return errors.Join(problems...)
}

func (b toolBody) checkNative() error {
	if b.Function != nil || b.Async != nil {
		return errors.New("a native tool has neither function nor async")
	}
	return nil
}

func (b toolBody) checkFunction() error {
	if b.Function == nil {
		return errors.New("function is missing")
	}
	var problems []error
	if b.Async == nil || *b.Async {
		problems = append(problems, errors.New("async must be false"))
	}
	if b.Destinations != nil {
		problems = append(problems, errors.New("property destinations should not exist"))
	}
	if !validName(b.Function.Name) {
		problems = append(problems, errors.New("function.name must match ^[a-zA-Z0-9_-]{1,64}$"))
	}
	if b.Function.Strict {
		problems = append(problems, errors.New("strict needs every parameter required: leave it off"))
	}
	problems = append(problems, checkDescription("function", b.Function.Description), b.Function.Parameters.check())
	return errors.Join(problems...)
}

func (s *toolSchema) check() error {
	if s == nil || s.Properties == nil {
		return errors.New("parameters with properties are missing")
	}
	var problems []error
	if s.Type != "object" {
		problems = append(problems, errors.New(`parameters.type must be "object"`))
	}
	for name, p := range s.Properties {
		if !validName(name) {
			problems = append(problems, fmt.Errorf("parameter %q has an unusable name", name))
		}
		if p.Type != "string" {
			problems = append(problems, fmt.Errorf("parameter %s must be a string", name))
		}
		if p.Enum != nil && len(p.Enum) == 0 {
			problems = append(problems, fmt.Errorf("parameter %s has an empty enum", name))
		}
		problems = append(problems, checkDescription("parameter "+name, p.Description))
	}
	for i, name := range s.Required {
		if _, ok := s.Properties[name]; !ok || slices.Contains(s.Required[:i], name) {
			problems = append(problems, fmt.Errorf("required names %s, which is unknown or named twice", name))
		}
	}
	return errors.Join(problems...)
}

func (m toolMessage) check() error {
	var problems []error
	switch m.Type {
	case "request-start", "request-failed":
		if m.TimingMilliseconds != nil {
			problems = append(problems, fmt.Errorf("message %s takes no timing", m.Type))
		}
	case "request-response-delayed":
		if t := m.TimingMilliseconds; t != nil && (*t < minDelay || *t > maxDelay) {
			problems = append(problems, fmt.Errorf("timingMilliseconds must be from %d to %d", minDelay, maxDelay))
		}
	default:
		problems = append(problems, fmt.Errorf("message type %q is not allowed", m.Type))
	}
	if m.Blocking != nil && m.Type != "request-start" {
		problems = append(problems, fmt.Errorf("message %s cannot be blocking", m.Type))
	}
	return errors.Join(append(problems, checkDescription("message "+m.Type, m.Content))...)
}

func checkDescription(what, text string) error {
	if text == "" || len(text) >= maxDescription {
		return fmt.Errorf("the text of %s must have 1 to %d characters", what, maxDescription-1)
	}
	return nil
}

func validName(name string) bool {
	return regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`).MatchString(name)
}
