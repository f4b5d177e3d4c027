package spoken

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDigitsAreWrittenDown(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"419022": "419022", "4 1 9 0 2 2": "419022", "4-1-9 0-2-2": "419022", "419 022.": "419022",
		"four one nine, oh two two": "419022", "four one nine zero double two": "419022", "Four, one, nine... zero, two, two": "419022",
		"forty one ninety twenty two": "419022", "the code is four one nine zero two two": "419022", "my number is 4 one 9 0 2 2": "419022",
		"cuatro uno nueve cero dos dos": "419022", "es cuarenta y uno noventa veintidós": "419022", "cuatro uno nueve cero doble dos": "419022",
		"": "", "419": "", "4190220": "", "four one nine": "", "+419022": "", "plus 4 1 9 0 2 2": "", "4 1 9 0 2 x": "", "4 1 9 0 2 or 3": "",
		"I have no code": "", "double": "", "March 4th 1985": "", "４１９０２２": "", "four hundred nineteen": "",
	} {
		got, ok := Digits(raw, 6)
		require.Equal(t, want, got, raw)
		require.Equal(t, want != "", ok, raw)
	}
}

func FuzzDigits(f *testing.F) {
	f.Add("four one nine oh double two")
	f.Fuzz(func(t *testing.T, raw string) {
		if code, ok := Digits(raw, 6); ok {
			require.Regexp(t, `^[0-9]{6}$`, code)
		} else {
			require.Empty(t, code)
		}
	})
}
