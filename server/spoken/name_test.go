package spoken

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNameIsCasedAsPeopleWriteIt(t *testing.T) {
	for raw, want := range map[string]string{
		"Jane Quillfeather": "Jane Quillfeather", "jane QUILLBY": "Jane Quillby", "JANE QUILLBY": "Jane Quillby", "  jane   quillby ": "Jane Quillby",
		"sean o'brien": "Sean O'Brien", "SEAN O’BRIEN": "Sean O'Brien", "jan van der berg": "Jan van der Berg", "JAN VAN DER BERG": "Jan van der Berg",
		"anna smith-quillby": "Anna Smith-Quillby", "ronald mcdonald": "Ronald McDonald", "Ronald McDonald": "Ronald McDonald", "maría de la cruz": "María de la Cruz",
		"Ludwig van Beethoven": "Ludwig van Beethoven", "JD Quillby": "JD Quillby", "j.d. quillby": "J.D. Quillby", "henry quillby III": "Henry Quillby III", "DeShawn Quillby": "DeShawn Quillby",
		"van quillby": "Van Quillby", "Anna Guest": "Anna Guest", "Testa": "Testa", "élodie": "Élodie", "李娜": "李娜",
	} {
		got, ok := Name(raw)
		require.True(t, ok, raw)
		require.Equal(t, want, got, raw)
	}
}

func TestNameRefusesWhatIsNone(t *testing.T) {
	for _, raw := range []string{
		"", "  ", "unknown", "Unknown Caller", "CALLER", "guest", "n/a", "N.A.", "na", "none", "null", "undefined", "patient", "New Patient", "test", "Test Patient", "anonymous",
		"not provided", "no name", "desconocido", "12345", "+13125550123", "-", "J", "{{name}}", "<b>Jane</b>", "[name]", "Jane\nQuillby", "Jane\x00Quillby", "Jane\u202eQuillby",
		"jane@patients.example", strings.Repeat("a", 101), "Jane \xff",
	} {
		got, ok := Name(raw)
		require.False(t, ok, "%q became %q", raw, got)
		require.Empty(t, got)
	}
}

func TestBirthDate(t *testing.T) {
	today := Date{2027, 3, 2}
	rows := []struct {
		raw  string
		want want
	}{
		{"1985-03-04", all("1985-03-04")}, {"1985-03-04T00:00:00Z", all("1985-03-04")}, {"March 4, 1985", all("1985-03-04")}, {"4 March 1985", all("1985-03-04")},
		{"the fourth of March nineteen eighty-five", all("1985-03-04")}, {"March fourth nineteen oh five", all("1905-03-04")}, {"March 21st two thousand four", all("2004-03-21")},
		{"march twenty first twenty oh four", all("2004-03-21")}, {"Monday, March 4th 1985", all("1985-03-04")}, {"15/08/1985", all("1985-08-15")}, {"08/15/1985", all("1985-08-15")},
		{"04/04/1985", all("1985-04-04")}, {"1985/03/04", all("1985-03-04")}, {"15.08.85", all("1985-08-15")}, {"15 08 1985", all("1985-08-15")},
		{"03/04/1985", all("?date_ambiguous")}, {"15/08/25", all("?date_ambiguous")}, {"15/08/28", all("1928-08-15")}, {"", all("?date_missing")}, {"March 4", all("?date_unclear")},
		{"1985", all("?date_unclear")}, {"tomorrow", all("?date_unclear")}, {"last year", all("?date_unclear")}, {"1985-02-29", all("?date_impossible")}, {"31 April 1985", all("?date_impossible")},
		{"2027-03-02", all("2027-03-02")}, {"2027-03-03", all("?date_future")}, {"1896-01-01", all("?date_too_far")}, {"1897-03-02", all("1897-03-02")},
		{"4 de marzo de 1985", want{"?date_unclear", "?date_unclear", "1985-03-04"}},
		{"4 de marzo de mil novecientos ochenta y cinco", want{"?date_unclear", "?date_unclear", "1985-03-04"}},
		{"el cuatro de marzo de dos mil cuatro", want{"?date_unclear", "?date_unclear", "2004-03-04"}},
	}
	for _, row := range rows {
		for i, locale := range []string{"en-US", "en-GB", "es-ES"} {
			d, doubt := BirthDate(row.raw, locale, today)
			require.Equal(t, []string{row.want.us, row.want.gb, row.want.es}[i], outcome(When{Day: d}, doubt), "%s %s", row.raw, locale)
			requireSpeakable(t, doubt)
		}
	}
}

func FuzzBirthDateAndName(f *testing.F) {
	f.Add("4 de marzo de mil novecientos", "es")
	f.Add("03/04/85", "en-GB")
	f.Fuzz(func(t *testing.T, raw, locale string) {
		today := Date{2027, 3, 2}
		d, doubt := BirthDate(raw, locale, today)
		requireSpeakable(t, doubt)
		require.True(t, doubt != nil || d.Valid() && !today.Before(d))
		if name, ok := Name(raw); ok {
			require.Equal(t, OneLine(name), strings.NewReplacer("\u200c", "", "\u200d", "").Replace(name))
			again, ok := Name(name)
			require.True(t, ok)
			require.Equal(t, name, again)
		}
	})
}
