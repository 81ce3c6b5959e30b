package design

// words are the sample's texts in Persian.
var words = map[string]string{
	"2026": "1405", "Nov": "آبان", "Period": "دوره", "This month": "این ماه", "Last month": "ماه گذشته", "Appointment rate": "نرخ قرار ملاقات", "Appointment rate fell in team East": "نرخ قرار ملاقات در تیم شرق کاهش یافت",
	"Appointment rate by agent": "نرخ قرار ملاقات به تفکیک کارشناس", "Team East": "تیم شرق", "Team North": "تیم شمال", "Team West": "تیم غرب", "Team South": "تیم جنوب",
	"October": "مهر", "Target": "هدف", "New script": "متن جدید مکالمهٔ فروش", "Dialler outage": "قطعی شماره‌گیر", "Reach rate by team": "نرخ برقراری تماس به تفکیک تیم",
	"The month will end near its target": "ماه نزدیک به هدف به پایان می‌رسد", "Sales": "فروش", "Forecast": "پیش‌بینی", "Calls by hour": "تماس‌ها به تفکیک ساعت",
	"Today": "امروز", "Usual Monday": "دوشنبهٔ معمول", "Team": "تیم", "Calls a day": "تماس در روز", "Median": "میانه", "More calls, not fewer appointments": "تماس بیشتر، نه قرار کمتر",
	"Reach rate by hour and weekday": "نرخ برقراری تماس به تفکیک ساعت و روز هفته", "too few calls": "تماس ناکافی", "Mon": "دوشنبه", "Tue": "سه‌شنبه", "Wed": "چهارشنبه", "Thu": "پنجشنبه", "Fri": "جمعه", "Sat": "شنبه",
	"Sales funnel": "قیف فروش", "Calls": "تماس‌ها", "Reached": "مکالمهٔ برقرارشده", "Appointments": "قرارهای ملاقات", "weakest stage": "ضعیف‌ترین مرحله",
	"On track": "طبق برنامه", "At risk": "در خطر", "Off track": "عقب از برنامه", "Too few calls": "تماس ناکافی", "Overview": "نمای کلی", "Conversion rate": "نرخ تبدیل", "Revenue": "مبلغ فروش",
	"beyond chance": "فراتر از تصادف", "within chance": "در حد تصادف", "points": "واحد", "Agent": "کارشناس فروش", "Trend": "روند", "State": "وضعیت", "Change": "تغییر", "Range": "بازه",
	"What to look at first": "اول به این‌ها نگاه کنید", "Export": "خروجی", "Filter": "فیلتر", "Week": "هفته", "Month": "ماه", "Quarter": "فصل", "Day": "روز", "Save": "ذخیره", "Cancel": "انصراف",
	"How it is computed": "چگونه محاسبه می‌شود", "Show as a table": "نمایش به‌صورت جدول", "Name": "نام", "Agents": "کارشناسان", "Funnel": "قیف", "Settings": "تنظیمات", "Imports": "ورود داده‌ها", "Leads to act on": "سرنخ‌های نیازمند اقدام", "Explore": "کاوش", "My page": "صفحهٔ من", "Campaigns": "کمپین‌ها", "Catalogue": "فهرست شاخص‌ها", "More": "بیشتر", "you see team East": "شما تیم شرق را می‌بینید", "Numbers": "اعداد", "People": "افراد", "Data": "داده‌ها", "Compare": "مقایسه", "Calls today": "تماس‌های امروز", "Search": "جستجو", "calls": "تماس", "per day, with 95% interval": "روزانه، با بازهٔ ۹۵٪", "Components": "اجزا", "All teams": "همهٔ تیم‌ها", "Campaign": "کمپین", "Delete": "حذف", "Upload": "بارگذاری", "Mapping": "نگاشت", "Preview": "پیش‌نمایش", "Import": "ورود", "No calls yet": "هنوز تماسی نیست", "Import a file": "ورود فایل",
}
