using System.Text.Json.Nodes;

namespace ConfidentialOperator.ApiServer.Tests;

/// <summary>Objects that the tests write.</summary>
internal static class Samples
{
    public const string Widgets = "widgets.example.dev";

    public const string Definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.example.dev}
        spec:
          group: example.dev
          scope: Namespaced
          names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wd], categories: [confidential]}
          versions:
          - name: v1alpha1
            served: true
            storage: true
            subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas, labelSelectorPath: .status.selector}}
            selectableFields: [{jsonPath: .spec.type}]
            additionalPrinterColumns:
            - {name: Type, type: string, jsonPath: .spec.type}
            - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
            - {name: Reason, type: string, priority: 1, jsonPath: '.status.conditions[?(@.type=="Ready")].reason'}
            - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
            schema:
              openAPIV3Schema:
                type: object
                description: A thing with a type.
                required: [spec]
                properties:
                  spec:
                    type: object
                    description: What is wished for.
                    required: [type]
                    x-kubernetes-validations:
                    - {rule: "!(has(self.replicas) && has(self.scaling))", message: "replicas and scaling exclude each other", reason: FieldValueForbidden, fieldPath: .scaling}
                    - {rule: "self.size <= 10", messageExpression: "'size too big: ' + self.type"}
                    properties:
                      type: {type: string, description: Which type it is., maxLength: 5, enum: [a, b], x-kubernetes-validations: [{rule: self == oldSelf, message: type is immutable}]}
                      size: {type: integer, format: int32, default: 1, minimum: 1}
                      name: {type: string, pattern: '^[a-z]+$', maxLength: 5}
                      replicas: {type: integer, minimum: 0}
                      scaling: {type: object, properties: {min: {type: integer}}}
                      ports: {type: array, maxItems: 2, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name], items: {type: object, required: [name], properties: {name: {type: string}, port: {type: integer, default: 80}}}}
                      tags: {type: array, maxItems: 3, x-kubernetes-list-type: set, items: {type: string, maxLength: 20}}
                      free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                      q: {x-kubernetes-int-or-string: true}
                      labels: {type: object, additionalProperties: {type: string}}
                  status:
                    type: object
                    properties:
                      replicas: {type: integer}
                      selector: {type: string}
                      observedGeneration: {type: integer}
                      conditions: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [type], items: {type: object, required: [type], properties: {type: {type: string}, status: {type: string}, reason: {type: string}}}}
        """;

    public static JsonObject Widget(string name, string spec = """{"type":"a"}""") => Parse(
        $$$"""{"apiVersion":"example.dev/v1alpha1","kind":"Widget","metadata":{"name":"{{{name}}}","namespace":"default"},"spec":{{{spec}}}}""");

    public static JsonObject ConfigMap(string name, string space = "default") => Parse(
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","namespace":"{{{space}}}"},"data":{"a":"1"}}""");

    public static JsonObject Pod(string name) => Parse(
        $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","namespace":"default"},"spec":{"containers":[{"name":"c","image":"x:1"}]}}""");

    public static JsonObject Deployment(string name) => Parse($$$"""
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{name}}}","namespace":"default"},
         "spec":{"selector":{"matchLabels":{"app":"{{{name}}}"}},"template":{"metadata":{"labels":{"app":"{{{name}}}"}},
         "spec":{"containers":[{"name":"c","image":"x:1"}]} } } }
        """);

    public static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;
}
