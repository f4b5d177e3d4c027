package contract_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
)

// drawer draws JSON values that a schema allows, and spoils some of them.
type drawer struct {
	*rand.Rand
	ids   []string // of things that there are, of either clinic
	spoil int      // one value in so many is not what the schema allows; 0: none
}

// oneIn says yes once in n times.
func (d drawer) oneIn(n int) bool { return n > 0 && d.IntN(n) == 0 }

// value is the JSON text of a value. It need not be valid JSON when it is spoilt.
func (d drawer) value(schema *openapi3.Schema) string {
	switch {
	case d.oneIn(d.spoil):
		return pick(d, nasty())
	case schema.Nullable && d.oneIn(6):
		return "null"
	case len(schema.Enum) > 0:
		return encoded(pick(d, schema.Enum))
	case len(schema.AllOf) == 1:
		return d.value(schema.AllOf[0].Value)
	case len(schema.AllOf) > 1 || schema.Type.Is("object"):
		return d.object(schema)
	case schema.Type.Is("array"):
		return d.array(schema)
	case schema.Type.Is("boolean"):
		return strconv.FormatBool(d.oneIn(2))
	case schema.Type.Is("integer"), schema.Type.Is("number"):
		return strconv.FormatInt(d.integer(schema), 10)
	default:
		return encoded(d.text(schema))
	}
}

// object has the required properties, some of the others, and now and then one that is unknown or comes twice.
func (d drawer) object(schema *openapi3.Schema) string {
	var fields []string
	for _, part := range append([]*openapi3.SchemaRef{{Value: schema}}, schema.AllOf...) {
		names := make([]string, 0, len(part.Value.Properties))
		for name := range part.Value.Properties {
			names = append(names, name)
		}
		slices.Sort(names) // the same draw with the same seed
		for _, name := range names {
			times := 0
			if slices.Contains(part.Value.Required, name) && !d.oneIn(4*d.spoil) || d.oneIn(3) {
				times++
			}
			if d.oneIn(8 * d.spoil) {
				times++
			}
			for range times {
				fields = append(fields, encoded(name)+": "+d.value(part.Value.Properties[name].Value))
			}
		}
	}
	if names := slices.Sorted(maps.Keys(schema.Properties)); len(names) > 0 && d.oneIn(3*d.spoil) {
		// To Go, names of fields are the same in any case of letters.
		fields = append(fields, encoded(strings.ToUpper(pick(d, names)))+": "+pick(d, nasty()))
	}
	if d.oneIn(3 * d.spoil) {
		fields = append(fields, encoded(pick(d, words()))+": "+pick(d, nasty()))
	}
	d.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	return "{" + strings.Join(fields, ", ") + "}"
}

func (d drawer) array(schema *openapi3.Schema) string {
	least, most := int(schema.MinItems), int(schema.MinItems)+3 //nolint:gosec // small
	if schema.MaxItems != nil {
		most = min(most, int(*schema.MaxItems)) //nolint:gosec // small
	}
	if d.oneIn(2 * d.spoil) {
		most += 40
	}
	var items []string
	for range least + d.IntN(most-least+1) {
		items = append(items, d.value(schema.Items.Value))
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// integer is one within the bounds, often one of the bounds.
func (d drawer) integer(schema *openapi3.Schema) int64 {
	least, most := int64(0), int64(1_000_000)
	if schema.Min != nil {
		least = int64(*schema.Min)
	}
	if schema.Max != nil {
		most = int64(*schema.Max)
	}
	return pick(d, []int64{least, most, least + d.Int64N(most-least+1), min(most, least+d.Int64N(100))})
}

// text is one of the schema's format, pattern and length, with every kind of letter.
func (d drawer) text(schema *openapi3.Schema) string {
	day := now.AddDate(0, 0, d.IntN(60)-20).Add(time.Duration(d.IntN(48)) * 30 * time.Minute)
	switch {
	case schema.Format == "uuid" && !d.oneIn(8):
		return pick(d, d.ids)
	case schema.Format == "uuid":
		return uuid.NewSHA1(uuid.Nil, []byte(strconv.Itoa(d.Int()))).String()
	case schema.Format == "date":
		return day.Format(time.DateOnly)
	case schema.Format == "date-time":
		return day.Format(time.RFC3339)
	case schema.Pattern != "":
		return d.matching(schema.Pattern)
	case d.oneIn(3):
		return pick(d, []string{day.Format("2006-01-02 15:04"), day.Format(time.RFC3339), day.Format(time.DateOnly), pick(d, d.ids)})
	}
	text := pick(d, words())
	for uint64(len([]rune(text))) < schema.MinLength { //nolint:gosec // a length
		text += pick(d, words()) + "x"
	}
	if most := schema.MaxLength; most != nil && uint64(len([]rune(text))) > *most {
		text = string([]rune(text)[:*most])
	}
	return text
}

// spoilt replaces one value within a good body by a nasty one.
func (d drawer) spoilt(body string) string {
	var value any
	if json.Unmarshal([]byte(body), &value) != nil {
		return body
	}
	const mark = "spoilt here"
	d.mark(value, mark)
	return strings.Replace(encoded(value), encoded(mark), pick(d, nasty()), 1)
}

// mark puts mark into one place of an object.
func (d drawer) mark(value any, mark string) {
	switch v := value.(type) {
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		name := pick(d, names)
		if deep(v[name]) && !d.oneIn(3) {
			d.mark(v[name], mark)
			return
		}
		v[name] = mark
	case []any:
		i := d.IntN(len(v))
		if deep(v[i]) && !d.oneIn(3) {
			d.mark(v[i], mark)
			return
		}
		v[i] = mark
	}
}

func deep(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	}
	return false
}

// nasty are JSON texts that schemas rarely allow.
func nasty() []string {
	texts := []string{
		"null", "true", "-1", "0", "1.5", "-0.0", "1e400", "1e15", "2147483648", "9223372036854775808", "-9223372036854775809",
		"[]", "{}", "[null]", `{"": null}`, `""`, `" "`, `"\u0000"`, `"a\u0000b"`, `"\ud800"`, `"\udfff\ud800"`, `"\uffff"`, "\"\xff\xfe\"", "\"\xed\xa0\x80\"",
		`"\u202equill\u202c"`, `"\u200b"`, `"\r\nX-Injected: 1"`, `"'; drop table contacts; --"`, `"%00"`, `"%s%n"`, `"\\"`, `"{{7*7}}"`, `"<script>"`,
		`"2030-02-30"`, `"0000-00-00"`, `"9999-12-31T23:59:59Z"`, `"294277-01-01T00:00:00Z"`, `"-4713-01-01"`, `"infinity"`, `"-infinity"`, `"now"`, `"epoch"`, `"24:00"`,
		`"2030-03-05T10:00:00+99:99"`, `"2030-03-05 10:00 America/New_York"`, `"posixrules"`, `"../../etc/passwd"`, `"NaN"`, `"\t"`, `nul`, `"open`, `[`, `{"a"`,
		strings.Repeat("[", 5000) + strings.Repeat("]", 5000), strings.Repeat(`{"a":`, 3000) + "1" + strings.Repeat("}", 3000),
	}
	for _, long := range []string{"quill", "\u00e9", "\U0001f9b7", "a\u0301"} {
		texts = append(texts, encoded(strings.Repeat(long, 30_000)), encoded(strings.Repeat(long, 130)))
	}
	return texts
}

// words are texts as people write them, and as they do not.
func words() []string {
	return []string{
		"Quill", "Consultation", "Ada Quillfeather", "zanzibar-lilac", "Zoë Quïll", "クイル", "قويل", "\U0001f9b7 Quill", "e\u0301", "O'Quill", `"Quill"`, "{clinic}", "{surname}",
		"+13125550141", "(312) 555-0141", "ada@patients.example", "Europe/London", "en", "GB", "%", "_", `\`, "a b", " Quill ", "\u00a0", "\u202eQuill", "-1", "0", "NULL",
	}
}

func pick[T any](d drawer, from []T) T { return from[d.IntN(len(from))] }

// encoded is a value as JSON, without the escapes that are for web pages.
func encoded(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return fmt.Sprintf("%q", err)
	}
	return strings.TrimSpace(text.String())
}
