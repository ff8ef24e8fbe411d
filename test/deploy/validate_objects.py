"""Checks Kubernetes objects by strict schemas: a field that is none, or of the wrong type, is an error.

    validate_objects.py KUBERNETES_VERSION CRD.yaml... < objects.json

Kubernetes' own kinds by the schemas of the package kubernetes-validate, others by their CustomResourceDefinitions.
Prints [{"object": "Job/name", "error": "..."}].
"""
import json
import sys

import jsonschema
import kubernetes_validate
import yaml


def strict(schema):
    """As the API server prunes: what a structural schema does not name is none of the object."""
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string"]}
    out = {k: v for k, v in schema.items() if not k.startswith("x-kubernetes") and k not in ("format", "nullable")}
    for key in ("properties",):
        if key in out:
            out[key] = {name: strict(child) for name, child in out[key].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(out.get(key), dict):
            out[key] = strict(out[key])
    open_ended = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    if out.get("type") == "object" and "properties" in out and not open_ended:
        out["additionalProperties"] = False
    return out


def crd_schemas(paths):
    schemas = {}
    for path in paths:
        with open(path) as file:
            # Some are parts of charts, with lines for Helm.
            text = "".join(line for line in file if not line.lstrip().startswith("{{"))
        for crd in yaml.load_all(text, Loader=yaml.CSafeLoader):
            if not crd or crd.get("kind") != "CustomResourceDefinition":
                continue
            group, kind = crd["spec"]["group"], crd["spec"]["names"]["kind"]
            for version in crd["spec"]["versions"]:
                schema = strict(version["schema"]["openAPIV3Schema"])
                # The API server checks these by itself.
                schema["properties"]["metadata"] = {"type": "object"}
                schemas[f"{group}/{version['name']}", kind] = schema
    return schemas


def error_of(value, version, schemas):
    key = value.get("apiVersion"), value.get("kind")
    if key in schemas:
        error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schemas[key]).iter_errors(value))
        return error and f"{'.'.join(map(str, error.absolute_path))}: {error.message}"
    try:
        kubernetes_validate.validate(value, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return f"{'.'.join(map(str, error.path))}: {error.message}"
    except kubernetes_validate.SchemaNotFoundError as error:
        return f"no schema: {error}"
    return None


version, *crds = sys.argv[1:]
known = crd_schemas(crds)
found = [(value, error_of(value, version, known)) for value in json.load(sys.stdin)]
name = lambda value: f"{value.get('kind')}/{value.get('metadata', {}).get('name')}"
print(json.dumps([{"object": name(value), "error": error} for value, error in found if error]))
