package spoken

// Digits returns the digits of a code of the given length as a caller says it, in digits or in English or Spanish words:
// "4 1 9 0 2 2", "four one nine, oh double two", "cuarenta y uno noventa cero dos dos". It is false for anything that is
// not wholly digits, and for too many or too few of them: a code is repeated rather than guessed at.
func Digits(raw string, length int) (code string, ok bool) {
	if len(raw) > maxSpoken {
		return "", false
	}
	digits, ok := dictated(raw)
	if !ok || len(digits) != length || onlyDigits(digits) != digits {
		return "", false
	}
	return digits, true
}
