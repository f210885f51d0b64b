"""Addresses of talent."""

from django.urls import path

from talent.views import consent, panels, pools, search

app_name = "talent"

urlpatterns = [
    path("talent/", consent.overview, name="overview"),
    path("talent/being-found/", consent.consent_edit, name="consent_edit"),
    path("talent/being-found/stop/", consent.consent_withdraw, name="consent_withdraw"),
    path("talent/who-looked/", consent.reading_list, name="reading_list"),
    path("talent/search/", search.profile_list, name="profile_list"),
    path("talent/people/<int:pk>/", search.profile_show, name="profile_show"),
    path("talent/people/<int:pk>/readiness/", search.readiness_judge, name="readiness_judge"),
    path("talent/pools/", pools.pool_list, name="pool_list"),
    path("talent/pools/<int:pk>/", pools.pool_show, name="pool_show"),
    path("talent/pools/<int:pk>/put-forward/", pools.nomination_add, name="nomination_add"),
    path("talent/pools/<int:pk>/panel/add/", panels.panel_add, name="panel_add"),
    path("talent/panels/<int:pk>/end/", panels.panel_end, name="panel_end"),
    path("talent/nominations/<int:pk>/", pools.nomination_show, name="nomination_show"),
    path(
        "talent/nominations/<int:pk>/what-happened/",
        pools.nomination_timeline,
        name="nomination_timeline",
    ),
    path("talent/nominations/<int:pk>/decide/", pools.nomination_decide, name="nomination_decide"),
    path(
        "talent/nominations/<int:pk>/withdraw/",
        pools.nomination_withdraw,
        name="nomination_withdraw",
    ),
]
