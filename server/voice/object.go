package voice

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// object is a decoded JSON object in which any field may be missing or of an unexpected type. Its readers never fail:
// what cannot be read is empty. Keys are compared exactly, as encoding/json does not do for structs.
type object map[string]any

// decode reads one JSON value and nothing after it. Numbers stay as they were written.
func decode(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something after the end of the value")
	}
	return v, nil
}

// asObject returns v as an object, nil when it is something else.
func asObject(v any) object {
	m, _ := v.(map[string]any)
	return m
}

// object returns the object at the end of the path, nil when there is none.
func (o object) object(path ...string) object {
	for _, key := range path {
		o = asObject(o[key])
	}
	return o
}

func (o object) list(key string) []any {
	l, _ := o[key].([]any)
	return l
}

// objects returns the objects of a list; entries of other types are left out.
func (o object) objects(key string) []object {
	var out []object
	for _, v := range o.list(key) {
		if entry := asObject(v); entry != nil {
			out = append(out, entry)
		}
	}
	return out
}

// text returns the field as trimmed, clean text; numbers and booleans are written out.
func (o object) text(key string) string {
	return strings.TrimSpace(scalarText(o[key]))
}

// number returns the field as a finite number; a number inside a string counts.
func (o object) number(key string) (float64, bool) {
	var s string
	switch v := o[key].(type) {
	case json.Number:
		s = v.String()
	case string:
		s = strings.TrimSpace(v)
	default:
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return 0, false
	}
	return f, true
}

// instant reads a time given as ISO-8601 text or as milliseconds or seconds since 1970, fractions allowed.
// Anything else, and anything before 1970 or after 2200, is the zero time.
func (o object) instant(key string) time.Time {
	if f, ok := o.number(key); ok {
		if f < millisFrom {
			f *= 1000
		}
		return plausible(time.UnixMicro(int64(min(max(f, 0), 1e13) * 1000)))
	}
	at, err := time.Parse(time.RFC3339Nano, o.text(key))
	if err != nil {
		return time.Time{}
	}
	return plausible(at)
}

func plausible(at time.Time) time.Time {
	if at.Unix() <= 0 || at.Year() > 2200 {
		return time.Time{}
	}
	return at.UTC()
}

// scalarText returns strings cleaned, numbers and booleans written out, and "" for everything else.
func scalarText(v any) string {
	switch t := v.(type) {
	case string:
		return clean(t)
	case json.Number:
		return t.String()
	case bool:
		return strconv.FormatBool(t)
	default:
		return ""
	}
}

// clean drops what neither a voice nor a PostgreSQL text can hold: NUL, other control characters except line breaks
// and tabs, and bytes that are not UTF-8.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// firstText returns the first of the texts that is not empty.
func firstText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// firstTime returns the first of the times that is set.
func firstTime(times ...time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}
