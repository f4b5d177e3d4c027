package spoken

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCallerNumberIsE164OrNothing(t *testing.T) {
	for raw, want := range map[string]string{
		"+13125550123": "+13125550123", " +1 (312) 555-0123 ": "+13125550123", "+442079460123": "+442079460123", "tel:+13125550123": "+13125550123",
		"3125550123": "+13125550123", "13125550123": "+13125550123", "+34 612 345 678": "+34612345678",
		"": "", "  ": "", "anonymous": "", "Anonymous": "", "restricted": "", "unknown": "", "private": "", "+266696687": "", "266696687": "", "+7378742833": "",
		"+2562533": "", "+8656696": "", "+86282452253": "", "+464": "", "+": "", "+0000000000": "", "0": "", "sip:jo@clinic.example": "", "sip:+13125550123@clinic.example": "",
		"1-800-FLOWERS": "", "911": "", "+1312555": "", "+131255501234567": "", "+13125550123;ext=4": "", "+13125550123\n+13125550124": "",
	} {
		got, ok := CallerNumber(raw, "US")
		require.Equal(t, want, got, raw)
		require.Equal(t, want != "", ok, raw)
	}
	_, ok := CallerNumber("266696687", "ES")
	require.False(t, ok, "ANONYMOUS on the keys, though Spanish numbers are as long")
	_, ok = CallerNumber("3125550123", "")
	require.False(t, ok, "without a country it could be anybody's")
}

func TestWrittenNumberIsReadInTheClinicsCountry(t *testing.T) {
	rows := []struct{ raw, region, want string }{
		{"(312) 555-0123", "US", "+13125550123"}, {"312.555.0123", "us", "+13125550123"}, {"020 7946/0123", "GB", "+442079460123"},
		{" +44\u00a020 7946 0123 ", "US", "+442079460123"}, {"+1 312 555 0123", "", "+13125550123"},
		{"312 555 0123 ext. 4", "US", ""}, {"1-800-FLOWERS", "US", ""}, {"555 0123", "US", ""}, {"312 555 0123", "", ""}, {"", "US", ""}, {"nora@patients.example", "US", ""},
	}
	for _, row := range rows {
		got, ok := WrittenNumber(row.raw, row.region)
		require.Equal(t, row.want, got, row.raw)
		require.Equal(t, row.want != "", ok, row.raw)
	}
}

func TestSpokenNumberIsWrittenDown(t *testing.T) {
	rows := []struct{ raw, region, want string }{
		{"312 555 0123", "US", "+13125550123"}, {"(312) 555-0123", "US", "+13125550123"}, {"+1 312 555 0123", "GB", "+13125550123"},
		{"three one two, five five five, oh one two three", "US", "+13125550123"},
		{"three one two, triple five, zero one two three", "US", "+13125550123"},
		{"three one two five double five 0123", "US", "+13125550123"},
		{"my number is area code 312 then", "US", ""},
		{"my number is area code 312, five five five, zero one twenty three", "US", "+13125550123"},
		{"plus four four two oh seven nine four six oh one two three", "US", "+442079460123"},
		{"020 7946 0123", "gb", "+442079460123"},
		{"oh two oh, seven nine four six, oh one double two", "GB", "+442079460122"},
		{"seis doce, tres cuatro cinco, seis siete ocho", "ES", "+34612345678"},
		{"sesenta y uno veintitrés cuarenta y cinco sesenta y siete ocho", "ES", "+34612345678"},
		{"555 0123", "US", ""}, {"", "US", ""}, {"double", "US", ""}, {"double double five", "US", ""}, {"double twenty", "US", ""}, {"the one on file", "US", ""},
		{"anonymous", "US", ""}, {"312 555 0123 extension 4", "US", ""}, {"3125550123 or 3125550124", "US", ""}, {"312 555 0123", "", ""},
	}
	for _, row := range rows {
		got, ok := SpokenNumber(row.raw, row.region)
		require.Equal(t, row.want, got, row.raw)
		require.Equal(t, row.want != "", ok, row.raw)
	}
}

func FuzzSpokenNumber(f *testing.F) {
	f.Add("three one two double five", "US")
	f.Add("+44 20", "GB")
	f.Fuzz(func(t *testing.T, raw, region string) {
		for _, read := range []func(string, string) (string, bool){SpokenNumber, CallerNumber, WrittenNumber} {
			if e164, ok := read(raw, region); ok {
				require.Regexp(t, `^\+[1-9]\d{6,14}$`, e164)
			} else {
				require.Empty(t, e164)
			}
		}
	})
}
