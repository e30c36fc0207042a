def people_of(site):
    return []
