package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// left stands on the page for what was left out; see "How to read the transcripts" there.
const left = "…"

var pageVariable = regexp.MustCompile(`^\$[A-Z_]+$`)

// compare holds an answer against the page's. Values of the page such as "$CONTACT" must be those known by that name;
// an unknown name takes the answer's value and is returned.
func compare(want, got string, known map[string]string) (fresh map[string]string, err error) {
	want, got = strings.TrimSpace(want), strings.TrimSpace(got)
	if !strings.HasPrefix(want, "{") && !strings.HasPrefix(want, "[") {
		return nil, compareText(want, strings.ReplaceAll(got, "\r", ""))
	}
	var wanted, answered any
	if err := json.Unmarshal([]byte(quoteLeft(want)), &wanted); err != nil {
		return nil, fmt.Errorf("the page's answer is no JSON: %w", err)
	}
	if err := json.Unmarshal([]byte(got), &answered); err != nil {
		return nil, fmt.Errorf("the answer is no JSON: %w", err)
	}
	c := comparison{known: known, fresh: map[string]string{}}
	return c.fresh, c.value("answer", wanted, answered)
}

// compareText compares words; left stands for any on one line.
func compareText(want, got string) error {
	parts := strings.Split(want, left)
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	if !regexp.MustCompile("^" + strings.Join(parts, ".*") + "$").MatchString(got) {
		return fmt.Errorf("want %q, got %q", want, got)
	}
	return nil
}

// quoteLeft makes JSON of the page's answer, where left stands bare for a value, for further fields, or for further items.
func quoteLeft(text string) string {
	var out strings.Builder
	var open []rune // the brackets that are open
	inString, escaped := false, false
	last := ' ' // the last character that means something
	for _, r := range text {
		switch {
		case inString:
			inString, escaped = escaped || r != '"', !escaped && r == '\\'
		case r == '"':
			inString = true
		case r == '{' || r == '[':
			open = append(open, r)
		case (r == '}' || r == ']') && len(open) > 0:
			open = open[:len(open)-1]
		}
		switch {
		case r != '…' || inString:
			out.WriteRune(r)
		case last != ':' && len(open) > 0 && open[len(open)-1] == '{':
			out.WriteString(`"…":"…"`)
		default:
			out.WriteString(`"…"`)
		}
		if r != ' ' && r != '\n' {
			last = r
		}
	}
	return out.String()
}

type comparison struct{ known, fresh map[string]string }

func (c comparison) value(at string, want, got any) error {
	switch want := want.(type) {
	case string:
		return c.text(at, want, got)
	case []any:
		return c.list(at, want, got)
	case map[string]any:
		return c.object(at, want, got)
	}
	if !reflect.DeepEqual(want, got) {
		return fmt.Errorf("%s: want %v, got %v", at, want, got)
	}
	return nil
}

func (c comparison) text(at, want string, got any) error {
	text, isText := got.(string)
	switch {
	case want == left && got != nil:
		return nil
	case !isText:
		return fmt.Errorf("%s: want %q, got %v", at, want, got)
	case !pageVariable.MatchString(want):
		if err := compareText(want, text); err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
		return nil
	}
	name := want[1:]
	value, isKnown := c.known[name]
	if !isKnown {
		value, isKnown = c.fresh[name]
	}
	if isKnown && value != text {
		return fmt.Errorf("%s: want $%s, which is %q, got %q", at, name, value, text)
	}
	c.fresh[name] = text
	return nil
}

func (c comparison) list(at string, want []any, got any) error {
	list, ok := got.([]any)
	if !ok {
		return fmt.Errorf("%s: want a list, got %v", at, got)
	}
	if n := len(want); n > 0 && want[n-1] == left {
		want = want[:n-1]
		list = list[:min(n-1, len(list))]
	}
	if len(want) != len(list) {
		return fmt.Errorf("%s: want %d items, got %d", at, len(want), len(list))
	}
	for i := range want {
		if err := c.value(fmt.Sprintf("%s[%d]", at, i), want[i], list[i]); err != nil {
			return err
		}
	}
	return nil
}

func (c comparison) object(at string, want map[string]any, got any) error {
	object, ok := got.(map[string]any)
	if !ok {
		return fmt.Errorf("%s: want an object, got %v", at, got)
	}
	_, more := want[left]
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(want)) {
		field, there := object[name]
		switch {
		case name == left:
		case !there:
			errs = append(errs, fmt.Errorf("%s.%s is not there", at, name))
		default:
			errs = append(errs, c.value(at+"."+name, want[name], field))
		}
	}
	for name := range object {
		if _, named := want[name]; !named && !more {
			errs = append(errs, fmt.Errorf("%s.%s is not on the page", at, name))
		}
	}
	return errors.Join(errs...)
}

func TestAnswersThatDifferFromThePageAreNoticed(t *testing.T) {
	t.Parallel()
	known := map[string]string{"CONTACT": "c-1"}
	for _, same := range [][2]string{
		{`{"id": "$CONTACT", "at": …}`, `{"at":"now","id":"c-1"}`},
		{`{"n": 1, …}`, `{"n":1,"m":[{}]}`},
		{`{"list": [{"n": 1}, …]}`, `{"list":[{"n":1},{"n":2}]}`},
		{`{"error": "… in … minutes"}`, `{"error":"Again in 3 minutes"}`},
		{`{"said": "a \"…\" b"}`, `{"said":"a \"x\" b"}`},
		{`200`, "200\r\n"},
		{"Vary: Origin\nX: …", "Vary: Origin\r\nX: 1\r\n"},
	} {
		_, err := compare(same[0], same[1], known)
		require.NoError(t, err, same[0])
	}
	for _, other := range [][2]string{
		{`{"id": "$CONTACT"}`, `{"id":"c-2"}`},
		{`{"a": "$NEW", "b": "$NEW"}`, `{"a":"1","b":"2"}`},
		{`{"at": …}`, `{"at":null}`},
		{`{"at": …}`, `{}`},
		{`{"n": 1}`, `{"n":1,"m":2}`},
		{`{"n": 1, …}`, `{"n":"1"}`},
		{`{"list": [1]}`, `{"list":[1,2]}`},
		{`{"list": [1, 2, …]}`, `{"list":[1]}`},
		{`{"list": []}`, `{"list":null}`},
		{`{"error": "… in … minutes"}`, `{"error":"Again in 3 hours"}`},
		{`200`, `2001`},
		{``, `{"error":"x"}`},
	} {
		_, err := compare(other[0], other[1], known)
		require.Error(t, err, other[0])
	}
	fresh, err := compare(`[{"id": "$NEW"}, …]`, `[{"id":"n-1"}]`, known)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"NEW": "n-1"}, fresh)
}
