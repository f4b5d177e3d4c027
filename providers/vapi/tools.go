package vapi

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

//go:embed tools/*.json
var toolFiles embed.FS

// Definition is one of our tools as POST /tool takes it, still without `server`, which [Registered] adds. Function
// tools only: a native tool needs no server, save transferCall, whose requests go to the assistant's.
type Definition struct {
	Name string          // the function's name; for native tools their type
	Type string          // function, transferCall, endCall
	JSON json.RawMessage // canonical, see [Canonical]
}

// Native reports whether Vapi carries the tool out itself.
func (d Definition) Native() bool { return d.Type != "function" }

// Definitions returns all tools, valid and ordered by name. An error means that a file in this repository is wrong.
func Definitions() ([]Definition, error) {
	names, err := fs.Glob(toolFiles, "tools/*.json")
	if err != nil {
		return nil, fmt.Errorf("list the tool definitions: %w", err)
	}
	defs := make([]Definition, 0, len(names))
	for _, name := range names {
		data, err := toolFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		d, err := ParseDefinition(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if d.Name != strings.TrimSuffix(path.Base(name), ".json") {
			return nil, fmt.Errorf("%s: the file defines %s", name, d.Name)
		}
		defs = append(defs, d)
	}
	return defs, nil
}

// ParseDefinition reads one definition and checks it with [Validate].
func ParseDefinition(data []byte) (Definition, error) {
	if err := Validate(data); err != nil {
		return Definition{}, err
	}
	var head struct {
		Type     string `json:"type"`
		Function struct {
			Name string `json:"name"`
		} `json:"function"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return Definition{}, fmt.Errorf("read the head: %w", err)
	}
	canonical, err := Canonical(data)
	if err != nil {
		return Definition{}, err
	}
	d := Definition{Name: head.Function.Name, Type: head.Type, JSON: canonical}
	if d.Native() {
		d.Name = d.Type
	}
	return d, nil
}

// Canonical returns the same JSON value with sorted keys, no white space and numbers as written, so that equal
// definitions hash equally however they are formatted.
func Canonical(data []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("not valid JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("not valid JSON: something follows the value")
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("write canonical JSON: %w", err)
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}
