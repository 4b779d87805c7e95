namespace ConfidentialOperator.Lab.Node.Containers;

/// <summary>Told what happens to a container.</summary>
internal interface IContainerObserver
{
    void Changed();

    void Normal(string reason, string message);

    void Warning(string reason, string message);
}
