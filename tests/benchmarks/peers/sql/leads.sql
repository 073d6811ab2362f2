-- model.yml in SQL. Points are whole hundredths; round() goes half away from zero, as leadscore does.
CREATE TABLE ranked AS
WITH typed AS (
    SELECT
        *,
        lower(job_title) AS title,
        lower(country) AS nation,
        lower(source) AS origin,
        try_cast(Employees AS DOUBLE) AS staff,
        try_cast(budget AS DOUBLE) AS money,
        try_cast(visits AS INTEGER) AS n_visits,
        try_cast(pages AS INTEGER) AS n_pages,
        try_cast(emails_opened AS INTEGER) AS n_opened,
        try_cast(form_fills AS INTEGER) AS n_forms,
        try_cast(demo_requests AS INTEGER) AS n_demos,
        DATE '2026-06-30' - try_strptime("Last Activity Date", '%d/%m/%Y')::DATE AS quiet,
        -- Nothing fades before its day; greatest(quiet, 0) would make 0 of an unknown one.
        CASE WHEN quiet < 0 THEN 0 ELSE quiet END AS idle,
        DATE '2026-06-30' - try_cast(created_date AS DATE) AS age
    FROM {export}
    WHERE lower(coalesce(unsubscribed, '')) <> 'true'
),
pointed AS (
    SELECT
        *,
        least(5000,
            CASE
                WHEN coalesce(title, '') = '' THEN 0
                WHEN regexp_matches(title, '\b(student|intern|trainee)\b') THEN -1500
                WHEN regexp_matches(title, '\b(ceo|cto|chief|vp|vice president)\b') THEN 1800
                WHEN regexp_matches(title, '\b(director|head)\b') THEN 1400
                WHEN regexp_matches(title, '\bmanager\b') THEN 800
                ELSE 200
            END
            + CASE
                WHEN regexp_matches(title, '\b(sales|marketing)\b') THEN 600
                WHEN regexp_matches(title, '\b(it|operations)\b') THEN 250
                ELSE 0
            END
            + CASE lower(industry)
                WHEN 'software' THEN 1000
                WHEN 'finance' THEN 750
                WHEN 'manufacturing' THEN 400
                ELSE 0
            END
            + CASE
                WHEN staff IS NULL THEN -100
                WHEN staff >= 5000 THEN 500
                WHEN staff >= 1000 THEN 1000
                WHEN staff >= 250 THEN 1200
                WHEN staff >= 50 THEN 800
                WHEN staff >= 10 THEN 300
                ELSE 0
            END
            + CASE origin
                WHEN 'referral' THEN 800
                WHEN 'partner' THEN 650
                WHEN 'webinar' THEN 300
                WHEN 'list purchase' THEN -400
                ELSE 0
            END
            + CASE WHEN nation IN ('us', 'gb', 'ca', 'de', 'fr', 'no') THEN 400 ELSE 0 END
            + CASE
                WHEN money >= 100000 THEN 700
                WHEN money >= 20000 THEN 425
                WHEN money >= 5000 THEN 200
                ELSE 0
            END
            + CASE WHEN nation IN ('us', 'gb', 'de') AND money >= 10000 THEN 500 ELSE 0 END
        ) AS fit,
        least(3000, 1500 * coalesce(n_demos, 0))
            + least(1500, 500 * coalesce(n_forms, 0))
            + least(1600, 200 * coalesce(n_visits, 0))
            + least(500, 25 * coalesce(n_pages, 0))
            + least(500, 50 * coalesce(n_opened, 0))
            + CASE WHEN n_visits >= 3 AND n_forms >= 1 THEN 400 ELSE 0 END AS activity,
        CASE WHEN quiet >= 31 THEN 0 WHEN quiet >= 8 THEN 400 WHEN quiet >= 0 THEN 800 ELSE 0 END
            + CASE WHEN age BETWEEN 0 AND 60 THEN round(600 * pow(2, -age / 21))::INTEGER ELSE 0 END
            + coalesce(round(least(700, 35 * coalesce(n_pages, 0)) * pow(2, -idle / 14))::INTEGER, 0)
            AS timing,
        greatest(-2000,
            CASE
                WHEN quiet IS NULL THEN -200
                WHEN quiet >= 180 THEN -1200
                WHEN quiet >= 120 THEN -800
                WHEN quiet >= 60 THEN -400
                ELSE 0
            END
            - CASE
                WHEN lower(split_part(email, '@', -1))
                    IN ('gmail.com', 'yahoo.com', 'hotmail.com', 'outlook.com')
                THEN 450 ELSE 0
            END
            - CASE
                WHEN (coalesce(job_title, '') = '')::INTEGER
                    + (coalesce(company, '') = '')::INTEGER
                    + (coalesce(phone, '') = '')::INTEGER >= 2
                THEN 600 ELSE 0
            END
            - CASE WHEN origin = 'list purchase' AND n_visits <= 0 THEN 800 ELSE 0 END
            - CASE WHEN coalesce(owner, '') = '' AND age > 90 THEN 125 ELSE 0 END
            - CASE WHEN n_opened >= 4 AND n_visits <= 1 THEN 200 ELSE 0 END
        ) AS doubts
    FROM typed
),
grouped AS (
    SELECT
        *,
        least(4500, coalesce(round(activity * pow(2, -idle / 60))::INTEGER, 0)) AS engagement,
        greatest(0, least(10000, fit + engagement + timing + doubts)) AS points
    FROM pointed
)
SELECT
    points / 100 AS score,
    CASE
        WHEN points >= 6000 THEN 'SQL'
        WHEN points >= 4000 THEN 'MQL'
        WHEN points >= 1500 THEN 'Nurture'
        ELSE 'Cold'
    END AS tier,
    fit / 100 AS fit,
    engagement / 100 AS engagement,
    timing / 100 AS timing,
    doubts / 100 AS doubts,
    grouped.* EXCLUDE (
        title, nation, origin, staff, money, n_visits, n_pages, n_opened, n_forms, n_demos, quiet, idle, age,
        fit, activity, engagement, timing, doubts, points
    )
FROM grouped
ORDER BY points DESC, staff DESC NULLS LAST, lead_id;
