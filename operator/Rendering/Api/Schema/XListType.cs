namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>The ways in which server-side apply merges a list (x-kubernetes-list-type).</summary>
public enum XListType
{
    /// <summary>The list is one value.</summary>
    Atomic,

    /// <summary>The items are scalars and unique.</summary>
    Set,

    /// <summary>The items are objects, told apart by their keys.</summary>
    Map,
}
