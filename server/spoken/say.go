package spoken

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// maxOptions is how many choices a caller can keep in mind.
const maxOptions = 3

// SayDate words a day without its year: "Tuesday, March 4".
func SayDate(d Date) string {
	return fmt.Sprintf("%s, %s %d", d.Weekday(), d.Month, d.Day)
}

// SayTime words an instant on the wall clock of zone: "Tuesday, March 4 at 2 PM".
func SayTime(t time.Time, zone *time.Location) string {
	local := t.In(zone)
	return SayDate(DateOf(local)) + " at " + SayClock(local.Hour()*60+local.Minute())
}

// SayClock words minutes after midnight: "2 PM", "2:30 PM". Twelve o'clock is "noon" or "midnight", because people
// disagree about what 12 PM is.
func SayClock(minutes int) string {
	switch minutes {
	case 0:
		return "midnight"
	case minutesOfHalfDay:
		return "noon"
	}
	hour, minute, suffix := minutes/60, minutes%60, "AM"
	if hour >= 12 {
		suffix = "PM"
	}
	if hour = hour % 12; hour == 0 {
		hour = 12
	}
	if minute == 0 {
		return fmt.Sprintf("%d %s", hour, suffix)
	}
	return fmt.Sprintf("%d:%02d %s", hour, minute, suffix)
}

// SayOptions words up to three instants, in the order given, and names a day only once in a row:
// "Tuesday, March 4 at 2 PM, 2:30 PM, or Wednesday, March 5 at 9 AM". It is empty for none.
func SayOptions(starts []time.Time, zone *time.Location) string {
	var options []string
	var day Date
	for _, start := range starts[:min(len(starts), maxOptions)] {
		local := start.In(zone)
		if DateOf(local) == day {
			options = append(options, SayClock(local.Hour()*60+local.Minute()))
			continue
		}
		day = DateOf(local)
		options = append(options, SayTime(start, zone))
	}
	return joinOr(options)
}

// SayMoney words an amount in minor units of an ISO 4217 currency: "120 dollars and 50 cents". A currency without a
// spoken name here is said by its code: "120.50 SEK".
func SayMoney(minor int64, currency string) string {
	sign, amount := "", uint64(minor)
	if minor < 0 {
		sign, amount = "minus ", -amount
	}
	code := strings.ToUpper(strings.TrimSpace(currency))
	unit := moneyUnit(code)
	whole, rest := amount/unit.per, amount%unit.per
	if unit.one == "" {
		if unit.per == 1 {
			return fmt.Sprintf("%s%d %s", sign, whole, code)
		}
		return fmt.Sprintf("%s%d.%0*d %s", sign, whole, len(fmt.Sprint(unit.per))-1, rest, code)
	}
	parts := []string{}
	if whole > 0 || rest == 0 {
		parts = append(parts, counted(whole, unit.one, unit.many))
	}
	if rest > 0 {
		parts = append(parts, counted(rest, unit.minorOne, unit.minorMany))
	}
	return sign + strings.Join(parts, " and ")
}

// moneyNames are the spoken names of a currency; per is how many minor units make one.
type moneyNames struct {
	per                            uint64
	one, many, minorOne, minorMany string
}

func moneyUnit(code string) moneyNames {
	switch code {
	case "USD", "CAD", "AUD", "NZD", "SGD":
		return moneyNames{100, "dollar", "dollars", "cent", "cents"}
	case "GBP":
		return moneyNames{100, "pound", "pounds", "penny", "pence"}
	case "EUR":
		return moneyNames{100, "euro", "euros", "cent", "cents"}
	case "MXN":
		return moneyNames{100, "peso", "pesos", "centavo", "centavos"}
	case "CHF":
		return moneyNames{100, "franc", "francs", "centime", "centimes"}
	case "NGN":
		return moneyNames{100, "naira", "naira", "kobo", "kobo"}
	case "JPY":
		return moneyNames{1, "yen", "yen", "", ""}
	case "KRW", "CLP", "VND", "ISK", "XAF", "XOF":
		return moneyNames{per: 1}
	case "KWD", "BHD", "OMR", "JOD", "TND":
		return moneyNames{per: 1000}
	}
	return moneyNames{per: 100}
}

func counted(n uint64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// OneLine makes text safe for a spoken result, which must be a single line (Vapi: tool-calls, results[].result): control
// and invisible format characters become blanks or vanish, runs of blanks become one.
func OneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}
